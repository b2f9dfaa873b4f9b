namespace TuneSharp.Nn;

/// <summary>down(activation(gate) · up) with [gate up] = fused(x), in this order.                         (arXiv:2002.05202)</summary>
/// <param name="fused">[D] to [2F].</param>
/// <param name="down">[F] to [D].</param>
/// <param name="activation">Of the gate.</param>
public sealed class FusedGatedMlp(Linear fused, Linear down, Activation activation = Activation.Silu)
{
    public IReadOnlyList<Linear> Linears { get; } = [fused, down];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x)
    {
        Var both = fused.Forward(t, x);
        return down.Forward(t, t.GatedActivation(t.Columns(both, 0, down.In), t.Columns(both, down.In, down.In), activation));
    }
}
