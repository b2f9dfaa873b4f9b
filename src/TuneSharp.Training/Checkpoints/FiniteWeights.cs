using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using static TorchSharp.torch;

namespace TuneSharp.Training.Checkpoints;

/// <summary>The last guard before a file: weights that are not numbers are never written.</summary>
internal static class FiniteWeights
{
    private const long PieceElements = 1 << 20;

    /// <exception cref="TrainingFailedException">Names the first parameter that holds NaN or infinity.</exception>
    public static void Require(IReadOnlyList<Parameter> parameters, int step)
    {
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        foreach (Parameter parameter in parameters)
        {
            if (IsFinite(parameter.Value)) continue;
            throw new TrainingFailedException($"`{parameter.Name}` holds numbers that are not finite after step {step}; nothing was saved.", null,
                "Lower learning_rate and resume from the last checkpoint.");
        }
    }

    /// <summary>
    /// A sum is finite only if every term is; sums of sane weights do not overflow in float32. No other type is asked for
    /// where it can be avoided: libtorch would make a widened copy of the whole matrix.
    /// </summary>
    private static bool IsFinite(Tensor weights)
    {
        if (weights.dtype is ScalarType.Float32 or ScalarType.Float64) return double.IsFinite(weights.sum().to(ScalarType.Float64).item<double>());
        Tensor flat = weights.view(-1);
        for (long at = 0; at < flat.shape[0]; at += PieceElements)
        {
            if (!double.IsFinite(flat.narrow(0, at, Math.Min(PieceElements, flat.shape[0] - at)).sum(type: ScalarType.Float32).to(ScalarType.Float64).item<double>())) return false;
        }
        return true;
    }
}
