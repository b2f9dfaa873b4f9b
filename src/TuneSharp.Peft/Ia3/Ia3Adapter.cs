using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Ia3;

/// <summary>
/// IA3 (Liu et al. 2022, arXiv:2205.05638) in a slot of a linear: a trained factor for every input or every output, bias included.
/// <code>y = W (l ∘ x) + b      or      y = l ∘ (W x + b)</code>
/// </summary>
internal sealed class Ia3Adapter : ILinearAdapter, IDisposable
{
    /// <param name="linear">The module that gets it.</param>
    /// <param name="scalesInput">The input is scaled, not the output.</param>
    public Ia3Adapter(Linear linear, bool scalesInput)
    {
        Linear = linear;
        ScalesInput = scalesInput;
        using var off = no_grad();
        Factors = new Parameter($"base_model.model.{linear.Name}.ia3_l", scalesInput ? ones(1, linear.In) : ones(linear.Out, 1));
    }

    public Linear Linear { get; }

    public bool ScalesInput { get; }

    /// <summary>l: [1, In] or [Out, 1].</summary>
    public Parameter Factors { get; }

    public bool Trained => Factors.Trained;

    public Var Before(Tape t, Linear linear, Var x) => ScalesInput ? t.ScaleColumns(x, Factors) : x;

    public Var After(Tape t, Linear linear, Var x, Var y) => ScalesInput ? y : t.ScaleColumns(y, Factors);

    /// <summary>What merging does: columns of W are scaled, or rows of W and the bias.</summary>
    public IEnumerable<WeightChange> Changes()
    {
        yield return new WeightChange(Linear.Weight, weight =>
        {
            Tensor weight_OI = Linear.Transposed ? weight.t() : weight;
            weight_OI.mul_(Factors.Value.to(weight.dtype));
        }, Scales: true);
        if (Linear.Bias is { } bias && !ScalesInput) yield return new WeightChange(bias, value => value.mul_(Factors.Value.view(-1).to(value.dtype)), Scales: true);
    }

    public void Dispose() => Factors.Dispose();
}
