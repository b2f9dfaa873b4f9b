namespace TuneSharp.Models;

/// <param name="Name">As <see cref="Nn.Linear.Name"/>.</param>
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
    /// <summary>All parameters; a tied matrix counts once.</summary>
    public long NumParameters => Linears.Sum(linear => linear.NumParameters) + HeadParameters * (TiedHead ? 1 : 2) + (2L * Shape.NumLayers + 1) * Shape.HiddenSize;

    /// <summary>Parameters of the output head.</summary>
    public long HeadParameters => (long)Shape.VocabularySize * Shape.HiddenSize;
}
