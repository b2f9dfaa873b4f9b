namespace TuneSharp.Nn;

/// <summary>Sizes of a model.</summary>
/// <param name="VocabularySize">V: rows of the output head.</param>
/// <param name="HiddenSize">D.</param>
/// <param name="NumLayers">Blocks.</param>
/// <param name="NumHeads">Query heads of a block.</param>
/// <param name="NumKeyValueHeads">Key and value heads of a block.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="MaxPositions">Longest row, in tokens, that the model was made for.</param>
public sealed record ModelShape(int VocabularySize, int HiddenSize, int NumLayers, int NumHeads, int NumKeyValueHeads, int HeadDim, int MaxPositions);

/// <param name="Name">As <see cref="Linear.Name"/>.</param>
/// <param name="HasBias">Whether it has a bias of <paramref name="Out"/> numbers.</param>
public sealed record LinearSize(string Name, int In, int Out, bool HasBias)
{
    public long NumParameters => (long)In * Out + (HasBias ? Out : 0);
}

/// <summary>How large a model is, known from its configuration alone.</summary>
/// <param name="Shape">Sizes.</param>
/// <param name="IntermediateSize">F: width of the MLP.</param>
/// <param name="Linears">Of all blocks; without the output head.</param>
/// <param name="TiedHead">The output head is the embedding's matrix.</param>
public sealed record ModelSizes(ModelShape Shape, int IntermediateSize, IReadOnlyList<LinearSize> Linears, bool TiedHead)
{
    /// <summary>Name of the output head; null: there is none.</summary>
    public string? HeadName { get; init; }

    /// <summary>Positions are rows of a table, not rotations of queries and keys.</summary>
    public bool LearnedPositions { get; init; }

    /// <summary>Name of the token embedding.</summary>
    public string EmbeddingName { get; init; } = "model.embed_tokens";

    /// <summary>Parameters of norms, and of whatever else is no linear, token embedding or head.</summary>
    public long OtherParameters { get; init; } = (2L * Shape.NumLayers + 1) * Shape.HiddenSize;

    /// <summary>All parameters; a tied matrix counts once.</summary>
    public long NumParameters => Linears.Sum(linear => linear.NumParameters) + EmbeddingParameters * (TiedHead || HeadName is null ? 1 : 2) + OtherParameters;

    /// <summary>Parameters of the token embedding, and of an output head.</summary>
    public long EmbeddingParameters => (long)Shape.VocabularySize * Shape.HiddenSize;
}
