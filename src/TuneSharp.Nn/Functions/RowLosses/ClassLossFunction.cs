// R = rows, N = classes
using TorchSharp;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>
/// One class of N for each row: softmax and cross-entropy (Hugging Face's `single_label_classification`).
/// <code>
/// loss = sum_R(-log softmax(z_RN)[class_R]) / divisor      dZ = (softmax(z) - onehot(class)) / divisor
/// </code>
/// With label smoothing ε the target is (1 - ε) onehot(class) + ε / N (arXiv:1512.00567, section 7).
/// </summary>
public static class ClassLossFunction
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="logits">[R, N].</param>
    /// <param name="classes">The class of each row, 0 … N - 1.</param>
    /// <param name="divisor">What the sum over the rows is divided by: the number of rows of the whole optimizer step.</param>
    /// <param name="labelSmoothing">ε, 0 … 1.</param>
    /// <returns>[1].</returns>
    public static Var ClassLoss(this Tape t, Var logits, IReadOnlyList<int> classes, double divisor, double labelSmoothing = 0)
    {
        RowLoss.Check(logits, classes.Count, divisor);
        if (labelSmoothing is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "Label smoothing is a share between 0 and 1.");
        foreach (int c in classes)
            if (c < 0 || c >= logits.Width) throw new ArgumentException($"Class {c} is outside the head of {logits.Width} classes.", nameof(classes));
        using DisposeScope scope = NewDisposeScope();
        Tensor class_R = torch.tensor(classes.Select(c => (long)c).ToArray());
        Tensor p_RN = nn.functional.log_softmax(RowLoss.Widened(t, logits), 1);
        Tensor chosen = p_RN.gather(1, class_R.unsqueeze(1)).sum(ScalarType.Float64), mean = p_RN.mean([1]).sum(ScalarType.Float64);
        Tensor loss = chosen.mul_(Number.Of(labelSmoothing - 1)).add_(mean, Number.Of(-labelSmoothing)).div_(Number.Of(divisor));
        if (!t.Recording || !logits.NeedsGrad) return RowLoss.Record(t, logits, loss, null, nameof(ClassLoss));

        Tensor dZ = p_RN.exp_().sub_(Number.Of(labelSmoothing / logits.Width));
        dZ.scatter_add_(1, class_R.unsqueeze(1), torch.full([classes.Count, 1], Number.Of(labelSmoothing - 1), dtype: dZ.dtype));
        return RowLoss.Record(t, logits, loss, dZ.div_(Number.Of(divisor)), nameof(ClassLoss));
    }

    /// <summary>The same in plain torch operations, differentiated by autograd; divisor 1.</summary>
    internal static Tensor Reference(Tensor logits, Tensor classes, double labelSmoothing = 0) =>
        nn.functional.cross_entropy(logits, classes, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing).view(1);
}
