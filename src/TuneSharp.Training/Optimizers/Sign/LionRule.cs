using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// The sign of a mean of momentum and gradient (Chen et al. 2023, arXiv:2302.06675): every number moves by the learning rate, so that wants
/// to be 3 to 10 times smaller than AdamW's.
/// <code>p ← p (1 - lr λ) - lr sign(β1 m + (1 - β1) g);  m ← β2 m + (1 - β2) g</code>
/// </summary>
public sealed record LionRule(double Beta1 = 0.9, double Beta2 = 0.99, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => [new("exp_avg", shape)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        Decay(target, rate);
        target.Weight.add_(target["exp_avg"].mul(Number.Of(Beta1)).add_(g, Number.Of(1 - Beta1)).sign_(), Number.Of(-rate));
        target["exp_avg"].mul_(Number.Of(Beta2)).add_(g, Number.Of(1 - Beta2));
    }
}
