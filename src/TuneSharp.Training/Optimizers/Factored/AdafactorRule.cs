// a matrix G [.., I, J]: row moments over J, column moments over I
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018, arXiv:1804.04235) as Hugging Face's transformers computes it: the second moment of a matrix is
/// kept as that of its rows and columns alone, I + J numbers instead of I·J.
/// <code>
/// β = 1 - t^γ;  R ← β R + (1 - β) mean_J(g² + ε1);  C ← β C + (1 - β) mean_I(g² + ε1);  u = g / √(R C / mean(R))     vectors: u = g / √V
/// u ← u / max(1, rms(u) / d);  u ← lr u;  [m ← β1 m + (1 - β1) u stands for u];  p ← p (1 - lr λ) - u
/// </code>
/// lr is that of the schedule, or min(0.01, 1 / √t) with a relative step (1e-6 t in place of 0.01 with warm-up), and times max(ε2, rms(p))
/// where the step is scaled by the parameter.
/// </summary>
/// <param name="Epsilon1">Added to the squares.</param>
/// <param name="Epsilon2">Least size of a parameter.</param>
/// <param name="ClipThreshold">d: largest root mean square of an update.</param>
/// <param name="DecayRate">γ.</param>
/// <param name="Beta1">First moment, of full size; null: none.</param>
/// <param name="ScaleParameter">Step in proportion to the parameter's size.</param>
/// <param name="RelativeStep">Ignore the schedule's rate.</param>
/// <param name="WarmupInit">Relative step that starts from 1e-6.</param>
public sealed record AdafactorRule(double Epsilon1 = 1e-30, double Epsilon2 = 1e-3, double ClipThreshold = 1, double DecayRate = -0.8, double? Beta1 = null,
    bool ScaleParameter = false, bool RelativeStep = false, bool WarmupInit = false) : UpdateRule
{
    public override IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape)
    {
        List<StateSpec> states = shape.Count < 2 ? [new("exp_avg_sq", shape)] : [new("exp_avg_sq_row", [.. shape.SkipLast(1)]), new("exp_avg_sq_col", [.. shape.SkipLast(2), shape[^1]])];
        if (Beta1 is not null) states.Add(new("exp_avg", shape));
        return states;
    }

    protected override void Update(StepTarget target, Tensor g, double rate)
    {
        double lr = Rate(target, rate), beta2 = 1 - Math.Pow(target.Step, DecayRate);
        Tensor square = g.square().add_(Number.Of(Epsilon1), Number.One), update;
        if (target.Has("exp_avg_sq")) update = target["exp_avg_sq"].mul_(Number.Of(beta2)).add_(square, Number.Of(1 - beta2)).rsqrt().mul_(g);
        else
        {
            Tensor row = target["exp_avg_sq_row"].mul_(Number.Of(beta2)).add_(square.mean([-1]), Number.Of(1 - beta2));
            Tensor column = target["exp_avg_sq_col"].mul_(Number.Of(beta2)).add_(square.mean([-2]), Number.Of(1 - beta2));
            update = row.div(row.mean([-1], true)).rsqrt_().unsqueeze(-1).mul(column.unsqueeze(-2).rsqrt()).mul_(g);
        }
        update.div_(RootMeanSquare(update).div_(Number.Of(ClipThreshold)).clamp_min_(Number.One)).mul_(Number.Of(lr));
        if (Beta1 is { } beta1) update = target["exp_avg"].mul_(Number.Of(beta1)).add_(update, Number.Of(1 - beta1));
        Decay(target, lr);
        target.Weight.sub_(update);
    }

    private double Rate(StepTarget target, double scheduled)
    {
        double rate = RelativeStep ? Math.Min(WarmupInit ? 1e-6 * target.Step : 1e-2, 1 / Math.Sqrt(target.Step)) * target.RateFactor : scheduled;
        return ScaleParameter ? rate * Math.Max(Epsilon2, RootMeanSquare(target.Weight).item<float>()) : rate;
    }

    private static Tensor RootMeanSquare(Tensor x) => x.norm().div_(Number.Of(Math.Sqrt(x.numel())));
}
