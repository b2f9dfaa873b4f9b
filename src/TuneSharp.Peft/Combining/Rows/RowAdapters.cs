using TuneSharp.Formats;
using TuneSharp.Nn;
using TuneSharp.Peft.Lora;

namespace TuneSharp.Peft.Combining.Rows;

/// <summary>
/// One LoRA for each row of a batch, as PEFT's adapter_names: rows of several adapters, or of the base, go through the model
/// together. Every linear gets one slot that sends each row's tokens through the row's own adapter. For inference.
/// </summary>
public sealed class RowAdapters : IDisposable
{
    /// <summary>The name that means no adapter.</summary>
    public const string Base = "__base__";

    private readonly List<RowSlot> _slots = [];
    private readonly List<RowEmbeddingSlot> _embeddings = [];
    private readonly List<LoraMethod> _detached = [];

    private RowAdapters()
    {
    }

    /// <summary>Sends the rows of <paramref name="batch"/> through their adapters until this is disposed; meanwhile all of the set's adapters are switched off.</summary>
    /// <param name="set">The adapters.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="names">A name of the set, or <see cref="Base"/>, for each row.</param>
    /// <exception cref="InvalidInputException">A name is unknown, or its adapter replaces weights of the base and so cannot be one of several.</exception>
    public static RowAdapters Assign(AdapterSet set, TokenBatch batch, IReadOnlyList<string> names)
    {
        if (names.Count != batch.Rows.Count) throw new ArgumentException($"{batch.Rows.Count} rows, but {names.Count} names of adapters.", nameof(names));
        LoraMethod?[] methods = [.. names.Select(name => name == Base ? null : Usable(set.Find(name)))];
        var assigned = new RowAdapters();
        foreach (NamedAdapter adapter in set.Adapters.Where(adapter => adapter.IsOn))
        {
            if (adapter.Method is not LoraMethod on) throw NotByRow(adapter);
            assigned._detached.Add(on);
        }
        foreach (LoraMethod method in Enumerable.Reverse(assigned._detached)) method.Detach();

        foreach (Linear linear in methods.OfType<LoraMethod>().SelectMany(method => method.Adapters).Select(adapter => adapter.Linear).Distinct())
            assigned._slots.Add(new RowSlot(linear, batch, [.. methods.Select(method => method?.SlotsOf(linear) ?? [])]));
        if (methods.OfType<LoraMethod>().Select(method => method.Embedding?.Embedding).FirstOrDefault(embedding => embedding is not null) is { } embedding)
            assigned._embeddings.Add(new RowEmbeddingSlot(embedding, [.. methods.Select(method => method?.Embedding)]));
        return assigned;
    }

    /// <summary>The slots are as they were.</summary>
    public void Dispose()
    {
        foreach (RowSlot slot in _slots) slot.Linear.Adapters.Remove(slot);
        foreach (RowEmbeddingSlot slot in _embeddings) slot.Embedding.Adapters.Remove(slot);
        foreach (LoraMethod method in _detached) method.Attach();
        _slots.Clear();
        _embeddings.Clear();
        _detached.Clear();
    }

    private static LoraMethod Usable(NamedAdapter adapter) =>
        adapter.Method is LoraMethod { ReplacesWeights: false } lora ? lora : throw NotByRow(adapter);

    private static InvalidInputException NotByRow(NamedAdapter adapter) =>
        new($"The adapter '{adapter.Name}' cannot be used for single rows: it replaces weights of the base, or is no LoRA.", null, "Use LoRA adapters without biases, modules_to_save, trainable tokens and DoRA.");
}
