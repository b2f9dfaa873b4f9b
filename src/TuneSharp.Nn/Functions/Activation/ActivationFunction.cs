using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TF = a(x_TF)
/// <code>dX = dY · a'(x)</code>
/// Kept: x. The output is not kept but made again in backward.
/// </summary>
public static class ActivationFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, F].</param>
    /// <param name="activation">a.</param>
    public static Var Activate(this Tape t, Var x, Activation activation)
    {
        Buffer y = t.Rent(x.Data.shape);
        activation.Forward(x.Data, y.Tensor);
        Kept kept = x.NeedsGrad ? t.Keep(x) : default;
        return t.Record(y, x.NeedsGrad, dY =>
        {
            Buffer dX = t.Workspace.Rent(dY.Tensor.shape);
            dX.Tensor.copy_(dY.Tensor);
            activation.Backward(dX.Tensor, kept.Data);
            x.Give(dX);
        }, () =>
        {
            Buffer again = t.Workspace.Rent(kept.Data.shape);
            activation.Forward(kept.Data, again.Tensor);
            return again;
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Activation activation) => activation.Reference(x);
}
