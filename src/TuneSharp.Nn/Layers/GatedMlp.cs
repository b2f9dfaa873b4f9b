namespace TuneSharp.Nn;

/// <summary>down(activation(gate(x)) · up(x)).                                                 (arXiv:2002.05202)</summary>
public sealed class GatedMlp(Linear gate, Linear up, Linear down, Activation activation = Activation.Silu)
{
    public IReadOnlyList<Linear> Linears { get; } = [gate, up, down];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x) => down.Forward(t, t.GatedActivation(gate.Forward(t, x), up.Forward(t, x), activation));
}
