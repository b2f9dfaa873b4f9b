// R = rows, N = labels
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// Any of N labels for each row: a sigmoid each and binary cross-entropy, the mean over the labels (Hugging Face's
/// `multi_label_classification`).
/// <code>
/// loss = sum_R mean_N(max(z, 0) - z·y + log(1 + exp(-|z|))) / divisor      dZ = (sigmoid(z) - y) / (N · divisor)
/// </code>
/// </summary>
public static class BinaryLossFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="logits">[R, N].</param>
    /// <param name="targets">N numbers a row: 1 where the label holds, else 0; what lies between is a probability.</param>
    /// <param name="divisor">What the sum over the rows is divided by: the number of rows of the whole optimizer step.</param>
    /// <returns>[1].</returns>
    public static Var BinaryLoss(this Tape t, Var logits, IReadOnlyList<float[]> targets, double divisor)
    {
        RowLoss.Check(logits, targets.Count, divisor);
        foreach (float[] row in targets)
            if (Array.Exists(row, y => y is not (>= 0 and <= 1))) throw new ArgumentException($"A label is a number from 0 to 1, not {row.First(y => y is not (>= 0 and <= 1))}.", nameof(targets));
        using DisposeScope scope = NewDisposeScope();
        Tensor z_RN = RowLoss.Widened(t, logits), y_RN = RowLoss.Matrix(logits, targets, z_RN.dtype);
        double scale = 1 / (logits.Width * divisor);
        Tensor loss = z_RN.clamp_min(Number.Zero).sub_(z_RN * y_RN).add_(z_RN.abs().neg_().exp_().log1p_(), Number.One).sum(ScalarType.Float64).mul_(Number.Of(scale));
        return RowLoss.Record(t, logits, loss, t.Recording && logits.NeedsGrad ? z_RN.sigmoid().sub_(y_RN).mul_(Number.Of(scale)) : null, nameof(BinaryLoss));
    }

    /// <summary>The same in plain torch operations, differentiated by autograd; divisor 1.</summary>
    internal static Tensor Reference(Tensor logits, Tensor targets)
    {
        Tensor p = logits.sigmoid();
        return -(targets * p.log() + (1 - targets) * (1 - p).log()).mean([1]).sum().view(1);
    }
}
