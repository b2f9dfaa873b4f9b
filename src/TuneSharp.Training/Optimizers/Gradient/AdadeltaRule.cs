using TorchSharp;
using TuneSharp.Nn.Runtime;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Steps in the parameter's own unit (Zeiler 2012, arXiv:1212.5701) as torch.optim.Adadelta computes it; the learning rate is usually 1:
/// <code>v ← ρ v + (1 - ρ) g²;  Δ = √(a + ε) / √(v + ε) g;  a ← ρ a + (1 - ρ) Δ²;  p ← p - lr Δ</code>
/// Decay is added to the gradient.
/// </summary>
/// <param name="Rho">Memory of the squares.</param>
/// <param name="Epsilon">Under both roots: the size of the first steps.</param>
public sealed record AdadeltaRule(double Rho = 0.9, double Epsilon = 1e-6, bool Maximize = false) : UpdateRule(Maximize)
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) => [new("square_avg", shape), new("acc_delta", shape)];

    protected override void Update(StepTarget target, torch.Tensor g, double rate)
    {
        g = WithDecay(target, g);
        torch.Tensor square = target["square_avg"].mul_(Number.Of(Rho)).addcmul_(g, g, Number.Of(1 - Rho));
        torch.Tensor delta = target["acc_delta"].add(Number.Of(Epsilon), Number.One).sqrt_().div_(square.add(Number.Of(Epsilon), Number.One).sqrt_()).mul_(g);
        target["acc_delta"].mul_(Number.Of(Rho)).addcmul_(delta, delta, Number.Of(1 - Rho));
        target.Weight.add_(delta, Number.Of(-rate));
    }
}
