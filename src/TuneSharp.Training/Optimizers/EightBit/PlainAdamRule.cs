using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// AdamW operator by operator, in the order in which bitsandbytes rounds: its codes are then the same ones. See <see cref="AdamRule"/>
/// for the formula.
/// </summary>
public sealed record PlainAdamRule(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8) : UpdateRule
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => new AdamRule().States(shape);

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        torch.Tensor mean = target["exp_avg"].mul_(Number.Of(Beta1)).add_(g, Number.Of(1 - Beta1));
        torch.Tensor square = target["exp_avg_sq"].mul_(Number.Of(Beta2)).addcmul_(g, g, Number.Of(1 - Beta2));
        double correction1 = 1 - Math.Pow(Beta1, target.Step), correction2 = Math.Sqrt(1 - Math.Pow(Beta2, target.Step));
        Decay(target, rate);
        target.Weight.addcdiv_(mean, square.sqrt().div_(Number.Of(correction2)).add_(Number.Of(Epsilon), Number.One), Number.Of(-rate / correction1));
    }
}
