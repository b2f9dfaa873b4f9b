// R = rows, N = values
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// N values for each row: the mean of the squared errors (Hugging Face's `regression`).
/// <code>loss = sum_R mean_N((z - y)²) / divisor      dZ = 2 (z - y) / (N · divisor)</code>
/// </summary>
public static class SquaredLossFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="logits">[R, N]: the predictions.</param>
    /// <param name="targets">N values a row.</param>
    /// <param name="divisor">What the sum over the rows is divided by: the number of rows of the whole optimizer step.</param>
    /// <returns>[1].</returns>
    public static Var SquaredLoss(this Tape t, Var logits, IReadOnlyList<float[]> targets, double divisor)
    {
        RowLoss.Check(logits, targets.Count, divisor);
        using DisposeScope scope = NewDisposeScope();
        Tensor z_RN = RowLoss.Widened(t, logits);
        Tensor error_RN = z_RN.sub(RowLoss.Matrix(logits, targets, z_RN.dtype));
        double scale = 1 / (logits.Width * divisor);
        Tensor loss = (error_RN * error_RN).sum(ScalarType.Float64).mul_(Number.Of(scale));
        return RowLoss.Record(t, logits, loss, t.Recording && logits.NeedsGrad ? error_RN.mul_(Number.Of(2 * scale)) : null, nameof(SquaredLoss));
    }

    /// <summary>The same in plain torch operations, differentiated by autograd; divisor 1.</summary>
    internal static Tensor Reference(Tensor logits, Tensor targets) => (logits - targets).square().mean([1]).sum().view(1);
}
