using TuneSharp.Models.Weights;
using TuneSharp.Nn;

namespace TuneSharp.Models.Heads;

internal static class HeadWeights
{
    /// <summary>A linear that is trained whole and is therefore never packed in fewer bits (transformers leaves the last module as it is, too).</summary>
    public static Linear DenseLinear(this IWeightSource weights, string name, long input, long output, bool bias) =>
        new(name, weights.Matrix(name + ".weight", output, input), bias ? weights.Bias(name + ".bias", output) : null);
}
