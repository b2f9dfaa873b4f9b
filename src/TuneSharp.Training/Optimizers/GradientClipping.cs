using TorchSharp;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>The common norm of all gradients, and bringing them down to a limit (torch.nn.utils.clip_grad_norm_ and clip_grad_value_).</summary>
public static class GradientClipping
{
    /// <param name="parameters">Those without a gradient count as 0.</param>
    /// <param name="maxNorm">Limit of the norm, to which all are scaled by one factor; 0 = do not scale.</param>
    /// <param name="normType">1 (sum of the amounts), 2, or infinity (the largest amount).</param>
    /// <param name="maxValue">Limit of each number's amount, applied before the norm's limit; 0 = none.</param>
    /// <returns>The norm before clipping. If it is not finite, nothing was changed: the caller skips the step.</returns>
    public static double Clip(IReadOnlyList<Parameter> parameters, double maxNorm, double normType = 2, double maxValue = 0)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] grads = [.. parameters.Where(p => p.Grad is not null).Select(p => p.Grad!)];
        if (grads.Length == 0) return 0;
        double norm = Norm(grads, normType);
        if (!double.IsFinite(norm)) return norm;
        double left = norm;
        if (maxValue > 0)
        {
            foreach (Tensor grad in grads) grad.clamp_(Number.Of(-maxValue), Number.Of(maxValue));
            if (maxNorm > 0) left = Norm(grads, normType);
        }
        double factor = maxNorm / (left + 1e-6);
        if (maxNorm > 0 && factor < 1) OptimizerScripts.Scale(grads, factor);
        return norm;
    }

    private static double Norm(Tensor[] grads, double normType) => OptimizerScripts.Norm(grads, normType).to(float64).item<double>();
}
