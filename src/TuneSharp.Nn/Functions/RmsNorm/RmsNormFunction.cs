using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TD = x_TD · rstd_T · w_D,  rstd_T = 1 / sqrt(mean_D(x²) + eps)                           (arXiv:1910.07467, eq. 4, plus eps)
/// <code>
/// dX = rstd · (dY·w - x · rstd² · mean_D(dY·w·x))      dW += sum_T(dY · x · rstd)
/// </code>
/// Kept: x and rstd_T (wide). The output is not kept but made again in backward. bfloat16 values are widened to float32.
/// </summary>
public static class RmsNormFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="weight">[D].</param>
    /// <param name="eps">Added to the mean square.</param>
    public static Var RmsNorm(this Tape t, Var x, Parameter weight, double eps)
    {
        if (!weight.Value.shape.SequenceEqual([x.Width]))
            throw new ArgumentException($"{weight.Name}: expected [{x.Width}], found [{string.Join(", ", weight.Value.shape)}].");
        using DisposeScope scope = NewDisposeScope();
        Workspace ws = t.Workspace;
        ScalarType wide = ws.WideType;
        Buffer y = t.Rent(x.Data.shape), rstd = t.Rent(wide, x.NumTokens, 1);
        using (Buffer square = ws.Rent(wide, x.Data.shape))
        {
            Aten.Mul(x.Data, x.Data, square.Tensor);
            rstd.Tensor.copy_(square.Tensor.mean([1], true)).add_(Number.Of(eps), Number.One).rsqrt_();
        }
        Forward(x.Data, rstd.Tensor, y.Tensor);

        bool needsGrad = x.NeedsGrad || weight.Trained;
        Kept keptX = needsGrad ? t.Keep(x) : default, keptRstd = needsGrad ? t.Keep(rstd) : default;
        return t.Record(y, needsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor, x_TD = keptX.Data, rstd_T = keptRstd.Data;
            if (weight.Trained)
            {
                using Buffer product = ws.Rent(wide, dY.shape);
                Aten.Mul(dY, x_TD, product.Tensor);
                weight.Add(product.Tensor.mul_(rstd_T).sum([0]));
            }
            if (!x.NeedsGrad) return;
            Buffer dX = ws.Rent(x_TD.dtype, dY.shape);
            using Buffer g = ws.Rent(wide, dY.shape), gx = ws.Rent(wide, dY.shape);
            Aten.Mul(dY, weight.Value, g.Tensor);
            Aten.Mul(g.Tensor, x_TD, gx.Tensor);
            Tensor mean_T = gx.Tensor.mean([1], true).mul_(rstd_T).mul_(rstd_T);
            Aten.Mul(x_TD, mean_T, gx.Tensor);
            Aten.Mul(g.Tensor.sub_(gx.Tensor), rstd_T, dX.Tensor);
            x.Give(dX);
        }, () =>
        {
            Buffer again = ws.Rent(keptX.Data.shape);
            Forward(keptX.Data, keptRstd.Data, again.Tensor);
            return again;
        });

        void Forward(Tensor x_TD, Tensor rstd_T, Tensor y_TD)
        {
            if (x_TD.dtype == y_TD.dtype)
            {
                Aten.Mul(x_TD, rstd_T, y_TD);
                y_TD.mul_(weight.Value);
                return;
            }
            // A wide residual stream is narrowed once, at the end.
            using Buffer whole = ws.Rent(x_TD.dtype, x_TD.shape);
            Aten.Mul(x_TD, rstd_T, whole.Tensor);
            y_TD.copy_(whole.Tensor.mul_(weight.Value));
        }
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Tensor weight, double eps) => x * torch.rsqrt((x * x).mean([-1], true) + eps) * weight;
}
