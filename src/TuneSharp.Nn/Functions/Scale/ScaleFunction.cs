using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TD = s · x_TD, s a number. Works in x's buffer if nobody keeps it; x is spent.
/// <code>dX = s · dY</code>
/// </summary>
public static class ScaleFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="factor">s.</param>
    public static Var Scale(this Tape t, Var x, double factor)
    {
        bool needsGrad = x.NeedsGrad;
        Buffer y = t.TakeOver(x);
        y.Tensor.mul_(Number.Of(factor));
        return t.Record(y, needsGrad, dY =>
        {
            Buffer dX = t.Workspace.Rent(dY.Tensor.shape);
            dX.Tensor.copy_(dY.Tensor).mul_(Number.Of(factor));
            x.Give(dX);
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, double factor) => x * factor;
}
