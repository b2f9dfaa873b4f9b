namespace TuneSharp.Models.Bert;

/// <summary>What a family calls the modules of the common graph, in its checkpoints.</summary>
/// <param name="Body">The transformer within a model with a head, as in <c>bert</c>.</param>
/// <param name="Layers">The blocks below the body; a number follows.</param>
public sealed record BertNames(string Body, string Layers)
{
    public string Query { get; init; } = "attention.self.query";

    public string Key { get; init; } = "attention.self.key";

    public string Value { get; init; } = "attention.self.value";

    /// <summary>The sub-layer of attention, and within a block its last dense layer and the norm behind it.</summary>
    public string Attention { get; init; } = "attention.output";

    public string AttentionOutput { get; init; } = "attention.output.dense";

    public string AttentionNorm { get; init; } = "attention.output.LayerNorm";

    public string Up { get; init; } = "intermediate.dense";

    /// <summary>The sub-layer of the MLP, and within a block its last dense layer and the norm behind it.</summary>
    public string Mlp { get; init; } = "output";

    public string Down { get; init; } = "output.dense";

    public string OutputNorm { get; init; } = "output.LayerNorm";

    /// <summary>Name of a block, as in <c>bert.encoder.layer.0</c>.</summary>
    public string Layer(int layer) => $"{Body}.{Layers}.{layer}";
}
