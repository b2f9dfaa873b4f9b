namespace TuneSharp.Nn;

/// <summary>
/// A trained prompt or prefix before every row. Without a cache the batch has the prompt's tokens in it and attention gets the
/// prefix; with one the first batch finds both in the cache's first places, where they stay.
/// </summary>
public static class VirtualTokens
{
    /// <summary>To be called before a model's first layer.</summary>
    /// <param name="t">Where it is recorded.</param>
    /// <param name="batch">Must have the prompt's tokens if there is no cache, and none if there is one.</param>
    /// <param name="cache">Gets prompt and prefix if it has not got them yet.</param>
    /// <param name="embedding">With its prompt.</param>
    /// <param name="slot">With its prefix.</param>
    /// <param name="run">Runs the model on a batch with the same cache.</param>
    /// <exception cref="InvalidOperationException">The batch was made for another prompt, or the cache is in use already.</exception>
    public static void Prepare(Tape t, TokenBatch batch, KvCache? cache, Embedding embedding, PrefixSlot slot, Action<TokenBatch> run)
    {
        if (cache is null)
        {
            Require(batch, embedding.NumVirtualTokens);
            return;
        }
        int count = embedding.NumVirtualTokens + slot.NumTokens;
        if (!cache.IsPrimed && count == 0) cache.FinishPriming();
        if (!cache.IsPrimed && batch.NumVirtualTokens == 0)
        {
            Prime(t, cache, embedding, slot, run);
            cache.FinishPriming();
        }
        if (!cache.IsPrimed) return;
        if (cache.NumPrimed != count) throw new InvalidOperationException($"The cache was filled with {cache.NumPrimed} virtual tokens before each row, the model has {count} now: clear it first.");
        Require(batch, 0);
    }

    private static void Prime(Tape t, KvCache cache, Embedding embedding, PrefixSlot slot, Action<TokenBatch> run)
    {
        if (Enumerable.Range(0, cache.Batch).Any(row => cache.Filled(row) > 0)) throw new InvalidOperationException("A prompt or prefix was attached while the cache was in use: clear it first.");
        if (slot.Current is { } prefix)
        {
            for (int layer = 0; layer < slot.NumLayers; layer++)
            {
                (Var key, Var value) = prefix.Forward(t, layer);
                cache.WritePrefix(layer, key.Data, value.Data);
            }
            cache.Advance(prefix.NumTokens);
        }
        if (embedding.NumVirtualTokens == 0) return;
        using TokenBatch prompt = TokenBatch.FromRows([.. Enumerable.Repeat(Array.Empty<int>(), cache.Batch)], numVirtualTokens: embedding.NumVirtualTokens);
        run(prompt);
    }

    private static void Require(TokenBatch batch, int expected)
    {
        if (batch.NumVirtualTokens != expected)
            throw new InvalidOperationException($"The batch has {batch.NumVirtualTokens} virtual tokens before each row; expected are {expected}.");
    }
}
