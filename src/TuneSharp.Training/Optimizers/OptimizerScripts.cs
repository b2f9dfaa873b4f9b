using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// What libtorch has and TorchSharp does not show, by way of TorchScript: one pass over all parameters instead of a dozen small
/// operators for each. A script that does not compile ends the process, so a test compiles every one.
/// </summary>
internal static class OptimizerScripts
{
    private static readonly Lazy<jit.CompilationUnit> Unit = new(() =>
    {
        TorchRuntime.EnsureLoaded();
        return jit.compile(Source);
    });

    private const string Source =
        """
        def adamw(parameters: List[Tensor], grads: List[Tensor], means: List[Tensor], squares: List[Tensor], max_squares: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float, eps: float, amsgrad: bool, maximize: bool):
            if not amsgrad:
                max_squares = max_squares[:0]
            torch._fused_adamw_(parameters, grads, means, squares, max_squares, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=amsgrad, maximize=maximize)
            return steps[0]

        def norm(grads: List[Tensor]):
            return torch.norm(torch.stack(torch._foreach_norm(grads)))

        def scale(grads: List[Tensor], factor: float):
            torch._foreach_mul_(grads, factor)
            return grads[0]

        """;

    /// <summary>One AdamW step in place; <paramref name="step"/> already counts this step.</summary>
    public static void AdamW(Tensor[] parameters, Tensor[] grads, Tensor[] means, Tensor[] squares, Tensor[] maxSquares, Tensor step,
        double learningRate, AdamWOptions options, double weightDecay)
    {
        var steps = new Tensor[parameters.Length];
        Array.Fill(steps, step);
        using var scope = NewDisposeScope();
        // An empty list cannot be passed from here: without AMSGrad the script makes one.
        Tensor[] max = options.Amsgrad ? maxSquares : squares;
        _ = Unit.Value.invoke("adamw", parameters, grads, means, squares, max, steps, learningRate, options.Beta1, options.Beta2,
            weightDecay, options.Epsilon, options.Amsgrad, options.Maximize);
    }

    /// <summary>2-norm of all gradients taken together, one number on the device.</summary>
    public static Tensor Norm(Tensor[] grads) => Unit.Value.invoke<Tensor>("norm", [grads]);

    public static void Scale(Tensor[] grads, double factor)
    {
        using var scope = NewDisposeScope();
        _ = Unit.Value.invoke("scale", grads, factor);
    }
}
