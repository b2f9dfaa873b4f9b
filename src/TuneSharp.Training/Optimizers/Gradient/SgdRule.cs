using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Gradient descent, with momentum (Polyak 1964) or Nesterov's form of it, as torch.optim.SGD computes it:
/// <code>b ← μ b + (1 - τ) g (first step: b = g);  p ← p - lr b      Nesterov: p ← p - lr (g + μ b)</code>
/// Decay is added to the gradient. Without momentum it has no memory at all.
/// </summary>
/// <param name="Momentum">μ, 0 … 1.</param>
/// <param name="Dampening">τ: how much less of the gradient enters the momentum.</param>
/// <param name="Nesterov">Look ahead; wants momentum and no dampening.</param>
public sealed record SgdRule(double Momentum = 0, double Dampening = 0, bool Nesterov = false, bool Maximize = false) : UpdateRule(Maximize)
{
    private const string Buffer = "momentum_buffer";

    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => Momentum == 0 ? [] : [new(Buffer, shape)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        g = WithDecay(target, g);
        if (Momentum != 0)
        {
            torch.Tensor buffer = target[Buffer];
            if (target.Step == 1) buffer.copy_(g);
            else buffer.mul_(Number.Of(Momentum)).add_(g, Number.Of(1 - Dampening));
            g = Nesterov ? g.add(buffer, Number.Of(Momentum)) : buffer;
        }
        target.Weight.add_(g, Number.Of(-rate));
    }
}
