namespace TuneSharp.Peft;

/// <summary>What a method takes, known from the model's sizes alone.</summary>
/// <param name="Shapes">Of every parameter that is trained; of many small ones together.</param>
public sealed record MethodFootprint(IReadOnlyList<long[]> Shapes)
{
    /// <summary>Parameters that are trained.</summary>
    public long NumTrained { get; } = Shapes.Sum(shape => shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>
    /// Linears whose input is kept for backward because the method trains something there, each with the elements a token
    /// that are kept beside the input (a LoRA's rank).
    /// </summary>
    public IReadOnlyDictionary<string, int> KeptPerToken { get; init; } = new Dictionary<string, int>();

    /// <summary>What is odd about the settings on this model but not wrong: sentences for a person.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Tokens that come before every row.</summary>
    public int NumVirtualTokens { get; init; }
}
