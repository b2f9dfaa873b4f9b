// T = tokens, D = width
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// y_TD = x_TD · l_D: every column has its own trained factor.                                    (arXiv:2205.05638, section 3.3)
/// <code>dX = dY · l      dL += sum_T(dY · x)</code>
/// Kept: x, if l is trained.
/// </summary>
public static class ScaleColumnsFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="factors">D numbers in any shape, any storage.</param>
    public static Var ScaleColumns(this Tape t, Var x, Parameter factors)
    {
        if (factors.NumElements != x.Width) throw new ArgumentException($"{factors.Name}: {factors.NumElements} factors for a width of {x.Width}.");
        using DisposeScope scope = NewDisposeScope();
        Buffer y = t.Rent(x.Data.shape);
        Aten.Mul(x.Data, Computed(factors, t.Workspace), y.Tensor);
        Kept kept = factors.Trained ? t.Keep(x) : default;
        return t.Record(y, x.NeedsGrad || factors.Trained, dOut =>
        {
            Tensor dY = dOut.Tensor;
            if (factors.Trained)
            {
                using Buffer product = t.Workspace.Rent(dY.shape);
                Aten.Mul(dY, kept.Data, product.Tensor);
                factors.Add(product.Tensor.sum([0], false, t.Workspace.WideType).view(factors.Value.shape));
            }
            if (!x.NeedsGrad) return;
            Buffer dX = t.Workspace.Rent(dY.shape);
            Aten.Mul(dY, Computed(factors, t.Workspace), dX.Tensor);
            x.Give(dX);
        });
    }

    private static Tensor Computed(Parameter factors, Workspace workspace) => factors.Value.view(-1).to(workspace.ComputeType);

    /// <summary>The same in plain torch operations, differentiated by autograd.</summary>
    internal static Tensor Reference(Tensor x, Tensor factors) => x * factors.view(-1);
}
