using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adam with the infinity norm (arXiv:1412.6980, section 7.1) as torch.optim.Adamax computes it:
/// <code>m ← β1 m + (1 - β1) g;  u ← max(β2 u, |g| + ε);  p ← p - lr / (1 - β1ᵗ) m / u</code>
/// Decay is added to the gradient.
/// </summary>
public sealed record AdamaxRule(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => [new("exp_avg", shape), new("exp_inf", shape)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        g = WithDecay(target, g);
        Approach(target["exp_avg"], g, 1 - Beta1);
        torch.Tensor largest = target["exp_inf"];
        largest.copy_(torch.maximum(largest.mul_(Number.Of(Beta2)), g.abs().add_(Number.Of(Epsilon), Number.One)));
        target.Weight.addcdiv_(target["exp_avg"], largest, Number.Of(-rate / (1 - Math.Pow(Beta1, target.Step))));
    }
}
