using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// z = [x; y]: the tokens of y behind those of x, [S + T, D].
/// <code>dX = dZ[0 … S)      dY = dZ[S … S + T)</code>
/// </summary>
public static class ConcatFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[S, D].</param>
    /// <param name="y">[T, D].</param>
    public static Var Concat(this Tape t, Var x, Var y)
    {
        if (x.Width != y.Width) throw new ArgumentException($"Concat: widths {x.Width} and {y.Width} differ.");
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        long first = x.NumTokens, second = y.NumTokens;
        Buffer z = t.Rent(first + second, x.Width);
        z.Tensor.narrow(0, 0, first).copy_(x.Data);
        z.Tensor.narrow(0, first, second).copy_(y.Data);
        return t.Record(z, x.NeedsGrad || y.NeedsGrad, dZ =>
        {
            Give(x, 0, first);
            Give(y, first, second);

            void Give(Var part, long at, long count)
            {
                if (!part.NeedsGrad) return;
                Tensor d = dZ.Tensor.narrow(0, at, count);
                Buffer given = t.Workspace.Rent(d.shape);
                given.Tensor.copy_(d);
                part.Give(given);
            }
        });
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Tensor y) => TorchSharp.torch.cat([x, y], 0);
}
