using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TorchSharp.torch;

namespace TuneSharp.Training.Checkpoints;

/// <summary>The last guard before a file: weights that are not numbers are never written.</summary>
internal static class FiniteWeights
{
    /// <exception cref="TrainingFailedException">Names the first parameter that holds NaN or infinity.</exception>
    public static void Require(IReadOnlyList<Parameter> parameters, int step)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        foreach (Parameter parameter in parameters)
        {
            // A sum is finite only if every term is; f32 sums of sane weights do not overflow.
            if (double.IsFinite(parameter.Value.sum(type: ScalarType.Float64).item<double>())) continue;
            throw new TrainingFailedException($"`{parameter.Name}` holds numbers that are not finite after step {step}; nothing was saved.", null,
                "Lower learning_rate and resume from the last checkpoint.");
        }
    }
}
