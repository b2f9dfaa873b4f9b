using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TD = n_TD · w_D + b_D,  n = (x - mean_D(x)) · rstd_T,  rstd_T = 1 / sqrt(var_D(x) + eps)          (arXiv:1607.06450, eq. 4)
/// <code>
/// g = dY·w      dX = rstd · (g - mean_D(g) - n · mean_D(g·n))      dW += sum_T(dY · n)      dB += sum_T(dY)
/// </code>
/// Kept: x, mean_T and rstd_T (wide). The output is not kept but made again in backward. bfloat16 values are widened to float32.
/// </summary>
public static class LayerNormFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="weight">[D].</param>
    /// <param name="bias">[D]; null for none.</param>
    /// <param name="eps">Added to the variance (that of all D values, not D - 1).</param>
    public static Var LayerNorm(this Tape t, Var x, Parameter weight, Parameter? bias, double eps)
    {
        Check(weight, x.Width);
        if (bias is not null) Check(bias, x.Width);
        using DisposeScope scope = NewDisposeScope();
        Workspace ws = t.Workspace;
        ScalarType wide = ws.WideType;
        Buffer y = t.Rent(x.Data.shape), mean = t.Rent(wide, x.NumTokens, 1), rstd = t.Rent(wide, x.NumTokens, 1);
        using (Buffer centred = ws.Rent(wide, x.Data.shape), square = ws.Rent(wide, x.Data.shape))
        {
            mean.Tensor.copy_(centred.Tensor.copy_(x.Data).mean([1], true));
            centred.Tensor.sub_(mean.Tensor);
            Aten.Mul(centred.Tensor, centred.Tensor, square.Tensor);
            rstd.Tensor.copy_(square.Tensor.mean([1], true)).add_(Number.Of(eps), Number.One).rsqrt_();
            Scale(centred.Tensor.mul_(rstd.Tensor), y.Tensor);
        }

        bool needsGrad = x.NeedsGrad || weight.Trained || bias is { Trained: true };
        Kept keptX = needsGrad ? t.Keep(x) : default, keptMean = needsGrad ? t.Keep(mean) : default, keptRstd = needsGrad ? t.Keep(rstd) : default;
        return t.Record(y, needsGrad, dOut =>
        {
            Tensor dY = dOut.Tensor, rstd_T = keptRstd.Data;
            if (bias is { Trained: true }) bias.Add(dY.sum([0], false, wide));
            if (!weight.Trained && !x.NeedsGrad) return;
            using Buffer normal = ws.Rent(wide, dY.shape), product = ws.Rent(wide, dY.shape);
            Tensor n_TD = Normalize(normal.Tensor);
            if (weight.Trained)
            {
                Aten.Mul(dY, n_TD, product.Tensor);
                weight.Add(product.Tensor.sum([0]));
            }
            if (!x.NeedsGrad) return;
            Buffer dX = ws.Rent(keptX.Data.dtype, dY.shape);
            using Buffer g = ws.Rent(wide, dY.shape);
            Aten.Mul(dY, weight.Value, g.Tensor);
            Aten.Mul(g.Tensor, n_TD, product.Tensor);
            n_TD.mul_(product.Tensor.mean([1], true));
            Tensor meanOfG_T = g.Tensor.mean([1], true);
            Aten.Mul(g.Tensor.sub_(meanOfG_T).sub_(n_TD), rstd_T, dX.Tensor);
            x.Give(dX);
        }, () =>
        {
            Buffer again = ws.Rent(keptX.Data.shape);
            using Buffer normal = ws.Rent(wide, again.Tensor.shape);
            Scale(Normalize(normal.Tensor), again.Tensor);
            return again;
        });

        Tensor Normalize(Tensor n_TD) => n_TD.copy_(keptX.Data).sub_(keptMean.Data).mul_(keptRstd.Data);

        void Scale(Tensor n_TD, Tensor y_TD)
        {
            n_TD.mul_(weight.Value);
            if (bias is not null) n_TD.add_(bias.Value, Number.One);
            y_TD.copy_(n_TD);
        }
    }

    private static void Check(Parameter p, long width)
    {
        if (!p.Value.shape.SequenceEqual([width])) throw new ArgumentException($"{p.Name}: expected [{width}], found [{string.Join(", ", p.Value.shape)}].");
    }

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Tensor weight, Tensor? bias, double eps)
    {
        Tensor centred = x - x.mean([-1], true), y = centred * torch.rsqrt((centred * centred).mean([-1], true) + eps) * weight;
        return bias is null ? y : y + bias;
    }
}
