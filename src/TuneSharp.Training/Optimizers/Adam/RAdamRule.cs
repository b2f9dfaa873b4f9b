using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adam that does without the second moment until enough steps have been seen to trust it (Liu et al. 2020, arXiv:1908.03265), as
/// torch.optim.RAdam computes it:
/// <code>
/// ρ∞ = 2 / (1 - β2) - 1;  ρ = ρ∞ - 2 t β2ᵗ / (1 - β2ᵗ)
/// ρ > 5: p ← p - lr r m̂ √(1 - β2ᵗ) / (√v + ε),  r = √((ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ));   else p ← p - lr m̂
/// </code>
/// </summary>
/// <param name="Decoupled">Decay as AdamW; false: added to the gradient.</param>
public sealed record RAdamRule(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, bool Decoupled = false, bool Maximize = false) : UpdateRule(Maximize)
{
    private const double TrustedLength = 5;

    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => [new("exp_avg", shape), new("exp_avg_sq", shape)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        if (Decoupled) Decay(target, rate);
        else g = WithDecay(target, g);
        Approach(target["exp_avg"], g, 1 - Beta1);
        target["exp_avg_sq"].mul_(Number.Of(Beta2)).addcmul_(g, g, Number.Of(1 - Beta2));
        int t = target.Step;
        double correction2 = 1 - Math.Pow(Beta2, t), longest = 2 / (1 - Beta2) - 1, length = longest - 2 * t * Math.Pow(Beta2, t) / correction2;
        torch.Tensor update = target["exp_avg"].div(Number.Of(1 - Math.Pow(Beta1, t)));
        if (length > TrustedLength)
        {
            double rectified = Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
            update.mul_(Number.Of(rectified)).mul_(Number.Of(Math.Sqrt(correction2))).div_(target["exp_avg_sq"].sqrt().add_(Number.Of(Epsilon), Number.One));
        }
        target.Weight.sub_(update.mul_(Number.Of(rate)));
    }
}
