namespace TuneSharp.Nn;

/// <summary>down(activation(up(x))): the two dense layers of BERT, GPT-2 and their kin.                        (arXiv:1706.03762, eq. 2)</summary>
public sealed class Mlp(Linear up, Linear down, Activation activation)
{
    public IReadOnlyList<Linear> Linears { get; } = [up, down];

    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <returns>[T, D].</returns>
    public Var Forward(Tape t, Var x) => down.Forward(t, t.Activate(up.Forward(t, x), activation));
}
