namespace TuneSharp.Nn;

/// <summary>Heads of an attention layer. Every key and value head serves NumHeads / NumKeyValueHeads query heads (arXiv:2305.13245).</summary>
/// <param name="NumHeads">Query heads H.</param>
/// <param name="NumKeyValueHeads">Key and value heads K; divides H.</param>
/// <param name="HeadDim">Width d of a head.</param>
public sealed record AttentionHeads(int NumHeads, int NumKeyValueHeads, int HeadDim)
{
    /// <summary>Factor on q·k. Default 1 / sqrt(d).</summary>
    public double Scale { get; init; } = 1 / Math.Sqrt(HeadDim);

    /// <summary>A token sees the last so many tokens, itself included; null: all before it.</summary>
    public int? Window { get; init; }

    /// <summary>A token sees no later one; false: all tokens of a row see each other (encoders).</summary>
    public bool Causal { get; init; } = true;

    /// <summary>Query heads per key head, G.</summary>
    public int GroupSize => NumHeads / NumKeyValueHeads;
}
