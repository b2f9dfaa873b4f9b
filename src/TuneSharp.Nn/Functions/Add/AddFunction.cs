using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// z_TD = x_TD + y_TD (residual connection). Works in y's buffer if nobody keeps it; y is spent.
/// <code>dX = dY = dZ: one buffer, given to both; who adds to it first makes it his own or copies it.</code>
/// </summary>
public static class AddFunction
{
    public static Var Add(this Tape t, Var x, Var y)
    {
        if (!x.Data.shape.SequenceEqual(y.Data.shape))
            throw new ArgumentException($"Add: [{string.Join(", ", x.Data.shape)}] and [{string.Join(", ", y.Data.shape)}] differ.");
        Tensor a = x.Data;
        Buffer z = t.TakeOver(y);
        z.Tensor.add_(a, Number.One);
        return t.Record(z, x.NeedsGrad || y.NeedsGrad, dZ =>
        {
            if (x.NeedsGrad) x.Give(dZ.Hold());
            if (y.NeedsGrad) y.Give(dZ.Hold());
        });
    }

    /// <summary>The same in plain torch operations.</summary>
    internal static Tensor Reference(Tensor x, Tensor y) => x + y;
}
