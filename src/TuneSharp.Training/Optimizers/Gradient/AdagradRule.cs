using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// The gradient over the root of the sum of all its squares (Duchi et al. 2011) as torch.optim.Adagrad computes it:
/// <code>s ← s + g²;  p ← p - lr / (1 + (t - 1) η) g / (√s + ε)</code>
/// Decay is added to the gradient.
/// </summary>
/// <param name="RateDecay">η: how fast the learning rate falls by itself.</param>
/// <param name="InitialAccumulator">s before the first step.</param>
/// <param name="Epsilon">Added to the root.</param>
public sealed record AdagradRule(double RateDecay = 0, double InitialAccumulator = 0, double Epsilon = 1e-10, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => [new("sum", shape, Fill: InitialAccumulator)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        g = WithDecay(target, g);
        torch.Tensor sum = target["sum"].addcmul_(g, g, Number.One);
        target.Weight.addcdiv_(g, sum.sqrt().add_(Number.Of(Epsilon), Number.One), Number.Of(-rate / (1 + (target.Step - 1) * RateDecay)));
    }
}
