using TorchSharp;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>The common 2-norm of all gradients, and scaling them down to a limit (torch.nn.utils.clip_grad_norm_).</summary>
public static class GradientClipping
{
    /// <param name="parameters">Those without a gradient count as 0.</param>
    /// <param name="maxNorm">Limit; 0 = do not scale.</param>
    /// <returns>The norm before scaling. If it is not finite, nothing was scaled: the caller skips the step.</returns>
    public static double Clip(IReadOnlyList<Parameter> parameters, double maxNorm)
    {
        using var off = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] grads = [.. parameters.Where(p => p.Grad is not null).Select(p => p.Grad!)];
        if (grads.Length == 0) return 0;
        double norm = OptimizerScripts.Norm(grads).to(float64).item<double>();
        double factor = maxNorm / (norm + 1e-6);
        if (maxNorm > 0 && double.IsFinite(norm) && factor < 1) OptimizerScripts.Scale(grads, factor);
        return norm;
    }
}
