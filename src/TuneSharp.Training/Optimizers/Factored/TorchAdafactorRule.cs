// a matrix G [.., I, J]: row moments [.., I, 1] over J, column moments [.., 1, J] over I
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adafactor (arXiv:1804.04235) as torch.optim.Adafactor computes it, which differs from Hugging Face's:
/// <code>
/// w = t^γ;  α = max(ε2, rms(p)) min(lr, 1 / √t);  R ← (1 - w) R + w mean_J(g²);  C ← (1 - w) C + w mean_I(g²);  V = R C / max(mean_I(R), ε1)
/// u = g / √max(V, ε1²);  p ← p (1 - lr λ) - α u / max(1, rms(u) / d)
/// </code>
/// </summary>
/// <param name="Beta2Decay">γ.</param>
/// <param name="Epsilon1">Least second moment; null: float32's resolution, 1.2e-7.</param>
/// <param name="Epsilon2">Least size of a parameter.</param>
/// <param name="ClipThreshold">d: largest root mean square of an update.</param>
/// <param name="Maximize">Climb instead of descend.</param>
public sealed record TorchAdafactorRule(double Beta2Decay = -0.8, double? Epsilon1 = null, double Epsilon2 = 1e-3, double ClipThreshold = 1, bool Maximize = false) : UpdateRule(Maximize)
{
    private const double SingleResolution = 1.1920928955078125e-07;

    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) =>
        shape.Count < 2 ? [new("variance", shape)] : [new("row_var", [.. shape.SkipLast(1), 1]), new("col_var", [.. shape.SkipLast(2), 1, shape[^1]])];

    protected override void Update(StepTarget target, Tensor g, double rate)
    {
        double weight = Math.Pow(target.Step, Beta2Decay), least = Epsilon1 ?? SingleResolution;
        double step = Math.Max(Epsilon2, RootMeanSquare(target.Weight)) * Math.Min(rate, 1 / Math.Sqrt(target.Step));
        Decay(target, rate);
        Tensor variance;
        if (target.Has("variance")) variance = Approach(target["variance"], g.square(), weight).clone();
        else
        {
            Tensor square = g.square(), row = Approach(target["row_var"], square.mean([-1], true), weight), column = Approach(target["col_var"], square.mean([-2], true), weight);
            variance = row.mul(column).div_(row.mean([-2], true).clamp_min_(Number.Of(least)));
        }
        Tensor update = variance.clamp_min_(Number.Of(least * least)).rsqrt_().mul_(g);
        target.Weight.add_(update, Number.Of(-step / Math.Max(1, RootMeanSquare(update) / ClipThreshold)));
    }

    private static double RootMeanSquare(Tensor x) => x.norm().item<float>() / Math.Sqrt(x.numel());
}
