using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// How a batch continues the rows of a cache: where its keys go and which cached keys its queries see. The same for every
/// layer. Queries are padded to the batch's longest row, keys to the longest row of the cache.
/// </summary>
internal sealed class CachePlan : IDisposable
{
    private readonly Tensor _store, _gather, _scatter;

    public CachePlan(TokenBatch batch, KvCache cache, AttentionHeads shape)
    {
        int heads = shape.NumHeads, keyHeads = shape.NumKeyValueHeads, perKey = shape.GroupSize, rows = batch.Rows.Count;
        Fresh = Enumerable.Range(0, rows).All(r => cache.Filled(r) == 0);
        NumQueries = batch.Rows.Max(row => row.Length);
        NumKeys = Enumerable.Range(0, rows).Max(r => cache.Filled(r) + batch.Rows[r].Length);

        long[] store = new long[batch.NumTokens * keyHeads];
        for (int r = 0; r < rows; r++)
            for (int i = 0; i < batch.Rows[r].Length; i++)
                for (int head = 0; head < keyHeads; head++)
                    store[(batch.Rows[r].Start + i) * keyHeads + head] = ((long)r * keyHeads + head) * cache.MaxTokens + cache.Filled(r) + i;

        // As in RowLayout: (row, key head, position, query head of the group). Padding reads any token.
        long[] gather = new long[rows * NumQueries * heads], scatter = new long[batch.NumTokens * heads];
        int q = 0;
        for (int r = 0; r < rows; r++)
            for (int head = 0; head < keyHeads; head++)
                for (int i = 0; i < NumQueries; i++)
                    for (int g = 0; g < perKey; g++, q++)
                    {
                        if (i >= batch.Rows[r].Length) continue;
                        gather[q] = (batch.Rows[r].Start + i) * heads + head * perKey + g;
                        scatter[gather[q]] = q;
                    }
        (_store, _gather, _scatter) = (Index(store), Index(gather), Index(scatter));

        bool allSeen = NumQueries == 1 && Enumerable.Range(0, rows).All(r => cache.Filled(r) + batch.Rows[r].Length == NumKeys);
        if (!allSeen || shape.Window <= NumKeys) Mask = CreateMask(batch, cache, shape).DetachFromDisposeScope();
    }

    /// <summary>No row holds anything yet: attention is that of the batch alone.</summary>
    public bool Fresh { get; }

    /// <summary>Positions of the padded queries and keys.</summary>
    public int NumQueries { get; }

    public int NumKeys { get; }

    /// <summary>0 where a query sees a key, -∞ elsewhere, [rows, 1, queries, 1, keys]; null if all see all.</summary>
    public Tensor? Mask { get; }

    /// <summary>Lines of the queries in the order of the layout, and the reverse.</summary>
    public Tensor Gather => _gather;

    public Tensor Scatter => _scatter;

    /// <summary>Writes the batch's keys and values, [T, K · d], behind those that the cache holds.</summary>
    public void Store(LayerCache layer, Tensor k, Tensor v)
    {
        long d = layer.Keys.shape[3];
        layer.Keys.view(-1, d).index_copy_(0, _store, k.view(-1, d));
        layer.Values.view(-1, d).index_copy_(0, _store, v.view(-1, d));
    }

    public void Dispose()
    {
        _store.Dispose();
        _gather.Dispose();
        _scatter.Dispose();
        Mask?.Dispose();
    }

    private Tensor CreateMask(TokenBatch batch, KvCache cache, AttentionHeads shape)
    {
        int rows = batch.Rows.Count;
        float[] mask = new float[rows * NumQueries * NumKeys];
        for (int r = 0, at = 0; r < rows; r++)
            for (int i = 0; i < NumQueries; i++)
            {
                // Padded queries see the first key, so that nothing becomes NaN.
                bool padding = i >= batch.Rows[r].Length;
                int last = padding ? 0 : cache.Filled(r) + i, first = padding || shape.Window is not { } w ? 0 : Math.Max(0, last - w + 1);
                for (int key = 0; key < NumKeys; key++, at++)
                    if (key < first || key > last) mask[at] = float.NegativeInfinity;
            }
        return torch.tensor(mask).view(rows, 1, NumQueries, 1, NumKeys);
    }

    private static Tensor Index(long[] lines) => torch.tensor(lines).DetachFromDisposeScope();
}
