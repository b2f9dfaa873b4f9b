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
        def adam(parameters: List[Tensor], grads: List[Tensor], means: List[Tensor], squares: List[Tensor], max_squares: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float, eps: float, amsgrad: bool, maximize: bool, decoupled: bool):
            if not amsgrad:
                max_squares = max_squares[:0]
            if decoupled:
                torch._fused_adamw_(parameters, grads, means, squares, max_squares, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=amsgrad, maximize=maximize)
            else:
                torch._fused_adam_(parameters, grads, means, squares, max_squares, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=amsgrad, maximize=maximize)
            return steps[0]

        def norm(grads: List[Tensor], p: float):
            return torch.norm(torch.stack(torch._foreach_norm(grads, p)), p)

        def scale(grads: List[Tensor], factor: float):
            torch._foreach_mul_(grads, factor)
            return grads[0]

        """;

    /// <summary>One step of Adam or AdamW in place; the counts already include this step.</summary>
    public static void Adam(Tensor[] parameters, Tensor[] grads, Tensor[] means, Tensor[] squares, Tensor[] maxSquares, Tensor[] steps, double learningRate, double weightDecay, AdamRule rule)
    {
        using var scope = NewDisposeScope();
        // An empty list cannot be passed from here: without AMSGrad the script makes one.
        _ = Unit.Value.invoke("adam", parameters, grads, means, squares, maxSquares, steps, Number.Of(learningRate), Number.Of(rule.Beta1), Number.Of(rule.Beta2),
            Number.Of(weightDecay), Number.Of(rule.Epsilon), rule.Amsgrad, rule.Maximize, rule.Decoupled);
    }

    /// <summary>p-norm of all gradients taken together, one number on the device.</summary>
    public static Tensor Norm(Tensor[] grads, double p) => Unit.Value.invoke<Tensor>("norm", grads, Number.Of(p));

    public static void Scale(Tensor[] grads, double factor)
    {
        using var scope = NewDisposeScope();
        _ = Unit.Value.invoke("scale", grads, Number.Of(factor));
    }
}
