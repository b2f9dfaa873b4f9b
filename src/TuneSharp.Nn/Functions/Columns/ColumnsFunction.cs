using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TN = x_TD[:, first … first + N): a part of every token's values, as of a linear that computes queries, keys and values at once.
/// <code>dX[:, first … first + N) += dY</code>
/// All parts of one value add into the same gradient.
/// </summary>
public static class ColumnsFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="first">First column.</param>
    /// <param name="count">N.</param>
    /// <returns>[T, N].</returns>
    public static Var Columns(this Tape t, Var x, long first, long count)
    {
        long width = x.Width;
        if (first < 0 || count < 1 || first + count > width) throw new ArgumentException($"Columns {first} to {first + count - 1} of a value of width {width}.");
        using DisposeScope scope = NewDisposeScope();
        Buffer y = t.Rent(x.NumTokens, count);
        y.Tensor.copy_(x.Data.narrow(1, first, count));
        return t.Record(y, x.NeedsGrad, dY => x.AddColumns(dY.Tensor, first, width));
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, long first, long count) => x.narrow(1, first, count);
}
