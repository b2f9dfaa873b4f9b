using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// The same numbers in the type of computation: where a linear reads the residual stream that is kept wider (<see cref="Workspace.ResidualType"/>).
/// <code>dX = dY in x's type</code>
/// </summary>
public static class CastFunction
{
    /// <returns><paramref name="x"/> itself if it has the type already.</returns>
    public static Var Cast(this Tape t, Var x)
    {
        ScalarType type = x.Data.dtype;
        if (type == t.Workspace.ComputeType) return x;
        Buffer y = t.Rent(x.Data.shape);
        y.Tensor.copy_(x.Data);
        return t.Record(y, x.NeedsGrad, dY =>
        {
            Buffer dX = t.Workspace.Rent(type, dY.Tensor.shape);
            dX.Tensor.copy_(dY.Tensor);
            x.Give(dX);
        });
    }

    /// <summary>The same in plain torch operations: of a type that is the one of computation nothing changes.</summary>
    internal static Tensor Reference(Tensor x) => x;
}
