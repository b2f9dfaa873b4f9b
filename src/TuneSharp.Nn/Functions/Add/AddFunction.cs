using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// z_TD = x_TD + y_TD (residual connection). Works in y's buffer if nobody keeps it; y is spent. Where one is of a wider type
/// (<see cref="Workspace.ResidualType"/>), so is the sum.
/// <code>dX = dY = dZ: one buffer, given to both; who adds to it first makes it his own or copies it.</code>
/// </summary>
public static class AddFunction
{
    public static Var Add(this Tape t, Var x, Var y)
    {
        if (!x.Data.shape.SequenceEqual(y.Data.shape))
            throw new ArgumentException($"Add: [{string.Join(", ", x.Data.shape)}] and [{string.Join(", ", y.Data.shape)}] differ.");
        Tensor a = x.Data;
        (ScalarType xType, ScalarType yType) = (a.dtype, y.Data.dtype);
        Buffer z = xType != yType && xType == t.Workspace.WideType ? Widened(t, y) : t.TakeOver(y);
        z.Tensor.add_(a, Number.One);
        return t.Record(z, x.NeedsGrad || y.NeedsGrad, dZ =>
        {
            if (x.NeedsGrad) x.Give(As(t.Workspace, dZ, xType));
            if (y.NeedsGrad) y.Give(As(t.Workspace, dZ, yType));
        });
    }

    private static Buffer Widened(Tape t, Var y)
    {
        Buffer z = t.Rent(t.Workspace.WideType, y.Data.shape);
        z.Tensor.copy_(y.Data);
        y.Spend();
        return z;
    }

    private static Buffer As(Workspace ws, Buffer dZ, ScalarType type)
    {
        if (dZ.Tensor.dtype == type) return dZ.Hold();
        Buffer given = ws.Rent(type, dZ.Tensor.shape);
        given.Tensor.copy_(dZ.Tensor);
        return given;
    }

    /// <summary>The same in plain torch operations.</summary>
    internal static Tensor Reference(Tensor x, Tensor y) => x + y;
}
