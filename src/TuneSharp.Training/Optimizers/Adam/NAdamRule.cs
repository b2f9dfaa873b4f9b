// μ_t = β1 (1 - 0.96^(t ψ) / 2), M_t = product of all μ up to t
using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adam with Nesterov's look ahead (Dozat 2016) as torch.optim.NAdam computes it:
/// <code>p ← p - lr (1 - μ_t) g / ((1 - M_t) d) - lr μ_(t+1) m / ((1 - M_t μ_(t+1)) d)      d = √(v / (1 - β2ᵗ)) + ε</code>
/// </summary>
/// <param name="MomentumDecay">ψ: how fast the momentum grows to β1.</param>
/// <param name="Decoupled">Decay as AdamW; false: added to the gradient.</param>
public sealed record NAdamRule(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double MomentumDecay = 4e-3, bool Decoupled = false, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) =>
        [new("exp_avg", shape), new("exp_avg_sq", shape), new("mu_product", [1], Fill: 1)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        if (Decoupled) Decay(target, rate);
        else g = WithDecay(target, g);
        double mu = Momentum(target.Step), next = Momentum(target.Step + 1);
        double product = target["mu_product"].mul_(Number.Of(mu)).item<float>();
        Approach(target["exp_avg"], g, 1 - Beta1);
        target["exp_avg_sq"].mul_(Number.Of(Beta2)).addcmul_(g, g, Number.Of(1 - Beta2));
        torch.Tensor divisor = target["exp_avg_sq"].div(Number.Of(1 - Math.Pow(Beta2, target.Step))).sqrt_().add_(Number.Of(Epsilon), Number.One);
        target.Weight.addcdiv_(g, divisor, Number.Of(-rate * (1 - mu) / (1 - product)));
        target.Weight.addcdiv_(target["exp_avg"], divisor, Number.Of(-rate * next / (1 - product * next)));
    }

    private double Momentum(int step) => Beta1 * (1 - 0.5 * Math.Pow(0.96, step * MomentumDecay));
}
