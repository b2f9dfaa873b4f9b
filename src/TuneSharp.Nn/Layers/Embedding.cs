using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>The token embedding with its slots: y_TD = E_VD[ids_T], trained rows in front, and what adapters make of it.</summary>
public sealed class Embedding
{
    /// <param name="name">The module's name in checkpoints, as in <c>model.embed_tokens</c>.</param>
    /// <param name="weight">[V, D].</param>
    /// <param name="paddingId">The id whose row gets no gradient.</param>
    public Embedding(string name, Parameter weight, int? paddingId = null)
    {
        Name = name;
        Weight = weight;
        PaddingId = paddingId;
    }

    public string Name { get; }

    public Parameter Weight { get; }

    /// <summary>The id whose row gets no gradient; null: none.</summary>
    public int? PaddingId { get; }

    /// <summary>V.</summary>
    public int NumEmbeddings => (int)Weight.Shape[0];

    /// <summary>D.</summary>
    public int Width => (int)Weight.Shape[1];

    /// <summary>The slots. Filled and emptied between steps.</summary>
    public List<IEmbeddingAdapter> Adapters { get; } = [];

    /// <summary>Rows before every row of a batch; null: none.</summary>
    public IPrompt? Prompt { get; set; }

    /// <summary>Virtual tokens that a batch without a cache must have before each of its rows.</summary>
    public int NumVirtualTokens => Prompt?.NumTokens ?? 0;

    /// <param name="t">Where it is recorded.</param>
    /// <param name="batch">The ids; its virtual tokens get the prompt's rows.</param>
    /// <returns>[T, D].</returns>
    /// <exception cref="InvalidOperationException">The batch has another number of virtual tokens than the prompt.</exception>
    public Var Forward(Tape t, TokenBatch batch)
    {
        if (batch.NumVirtualTokens > 0 && batch.NumVirtualTokens != NumVirtualTokens)
            throw new InvalidOperationException($"{Name}: the batch has {batch.NumVirtualTokens} virtual tokens before each row, the prompt {NumVirtualTokens}.");
        Var y = t.Embedding(Weight, batch, PaddingId);
        foreach (IEmbeddingAdapter adapter in Adapters) y = adapter.After(t, this, batch, y);
        return batch.NumVirtualTokens == 0 ? y : t.PlacePrompt(Prompt!.Rows(t), y, batch);
    }
}
