using TorchSharp;

namespace TuneSharp.Training.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015, arXiv:1412.6980) and AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101) in libtorch's fused form:
/// <code>
/// AdamW: p ← p (1 - lr λ)        Adam: g ← g + λ p
/// m ← β1 m + (1 - β1) g;  v ← β2 v + (1 - β2) g²;  p ← p - lr m̂ / (√v̂ + ε),  m̂ = m / (1 - β1ᵗ), v̂ = v / (1 - β2ᵗ)
/// </code>
/// </summary>
/// <param name="Beta1">Memory of the gradient's mean.</param>
/// <param name="Beta2">Memory of the gradient's square.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="Amsgrad">Divide by the largest second moment so far (Reddi et al. 2018, arXiv:1904.09237).</param>
/// <param name="Maximize">Climb instead of descend.</param>
/// <param name="Decoupled">AdamW's decay; false: Adam's, which the moments see.</param>
public sealed record AdamRule(double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, bool Amsgrad = false, bool Maximize = false, bool Decoupled = true) : IUpdateRule
{
    private const string Mean = "exp_avg", Square = "exp_avg_sq", MaxSquare = "max_exp_avg_sq";

    public IReadOnlyList<StateSpec> States(IReadOnlyList<long> shape) =>
        Amsgrad ? [new(Mean, shape), new(Square, shape), new(MaxSquare, shape)] : [new(Mean, shape), new(Square, shape)];

    public void Update(IReadOnlyList<StepTarget> targets, double learningRate)
    {
        foreach (IGrouping<(double WeightDecay, double RateFactor), StepTarget> group in targets.GroupBy(target => (target.WeightDecay, target.RateFactor)))
        {
            torch.Tensor[] means = [.. group.Select(target => target[Mean])], squares = [.. group.Select(target => target[Square])];
            OptimizerScripts.Adam([.. group.Select(target => target.Weight)], [.. group.Select(target => target.Gradient)], means, squares,
                Amsgrad ? [.. group.Select(target => target[MaxSquare])] : squares, [.. group.Select(target => target.StepTensor)],
                learningRate * group.Key.RateFactor, group.Key.WeightDecay, this);
        }
    }
}
