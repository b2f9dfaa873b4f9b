using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// The gradient over the root of its running square (Hinton 2012; centred: Graves 2013, arXiv:1308.0850), as torch.optim.RMSprop computes it:
/// <code>v ← α v + (1 - α) g²;  [centred: ḡ ← α ḡ + (1 - α) g, v - ḡ² stands for v];  u = g / (√v + ε);  [momentum: b ← μ b + u stands for u];  p ← p - lr u</code>
/// Decay is added to the gradient.
/// </summary>
/// <param name="Alpha">Memory of the square.</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Momentum">μ.</param>
/// <param name="Centered">Divide by the deviation from the mean instead of the square.</param>
public sealed record RmsPropRule(double Alpha = 0.99, double Epsilon = 1e-8, double Momentum = 0, bool Centered = false, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape)
    {
        List<StateSpec> states = [new("square_avg", shape)];
        if (Momentum != 0) states.Add(new("momentum_buffer", shape));
        if (Centered) states.Add(new("grad_avg", shape));
        return states;
    }

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        g = WithDecay(target, g);
        torch.Tensor square = target["square_avg"].mul_(Number.Of(Alpha)).addcmul_(g, g, Number.Of(1 - Alpha));
        if (Centered)
        {
            torch.Tensor mean = Approach(target["grad_avg"], g, 1 - Alpha);
            square = square.addcmul(mean, mean, Number.MinusOne);
        }
        torch.Tensor divisor = square.sqrt().add_(Number.Of(Epsilon), Number.One);
        if (Momentum == 0) target.Weight.addcdiv_(g, divisor, Number.Of(-rate));
        else target.Weight.add_(target["momentum_buffer"].mul_(Number.Of(Momentum)).addcdiv_(g, divisor, Number.One), Number.Of(-rate));
    }
}
