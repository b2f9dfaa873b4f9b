using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats;

/// <summary>Weights hold NaN or infinity. They are neither saved nor used.</summary>
/// <param name="tensor">The first tensor that holds one.</param>
/// <param name="where">The file; null if the weights were about to be saved.</param>
public sealed class NonFiniteWeightsException(string tensor, string? where = null) : InvalidInputException(
    $"The tensor {Quoted.Text(tensor)} holds NaN or infinity{(where is null ? " and is not saved" : "")}.",
    where,
    where is null ? "Train again from the last good checkpoint with a lower learning_rate." : "The training that made it failed: use an earlier checkpoint.")
{
    public string Tensor { get; } = tensor;
}
