// R = rows, N = numbers a row (classes, labels or values)
using TorchSharp;
using static TorchSharp.torch;

namespace TuneSharp.Nn;

/// <summary>What the losses over a head's numbers share: the sum in float64, its gradient kept from forward.</summary>
internal static class RowLoss
{
    /// <param name="t">Where it is recorded.</param>
    /// <param name="logits">[R, N].</param>
    /// <param name="loss">Sum over the rows / divisor, as a tensor of one element.</param>
    /// <param name="dLogits_RN">Its gradient; null if none is wanted.</param>
    /// <param name="function">Name of the loss, for errors.</param>
    public static Var Record(Tape t, Var logits, Tensor loss, Tensor? dLogits_RN, string function)
    {
        Workspace ws = t.Workspace;
        Buffer value = t.Rent(ws.WideType, 1);
        value.Tensor.copy_(loss.view(1));
        if (dLogits_RN is null) return t.Record(value, logits.NeedsGrad, _ => { }, function: function);

        Buffer gradient = t.Rent(ws.WideType, dLogits_RN.shape);
        gradient.Tensor.copy_(dLogits_RN);
        Kept kept = t.Keep(gradient);
        return t.Record(value, true, dLoss =>
        {
            Buffer dZ = ws.Rent(kept.Data.shape);
            dZ.Tensor.copy_(kept.Data * dLoss.Tensor);
            logits.Give(dZ);
        }, function: function);
    }

    /// <summary>The logits in at least float32: bfloat16 has three digits, too few for a loss.</summary>
    public static Tensor Widened(Tape t, Var logits) => logits.Data.to(t.Workspace.WideType);

    /// <exception cref="ArgumentException">Not one row of targets a row of logits, or a divisor that divides nothing.</exception>
    public static void Check(Var logits, int numTargetRows, double divisor)
    {
        if (numTargetRows != logits.NumTokens) throw new ArgumentException($"{logits.NumTokens} rows of logits and {numTargetRows} rows of targets.");
        if (!(divisor > 0)) throw new ArgumentOutOfRangeException(nameof(divisor), divisor, "The divisor is a number above 0.");
    }

    /// <summary>Targets as one tensor [R, N].</summary>
    public static Tensor Matrix(Var logits, IReadOnlyList<float[]> targets, ScalarType type)
    {
        int width = (int)logits.Width;
        if (targets.FirstOrDefault(row => row.Length != width) is { } other) throw new ArgumentException($"A row has {other.Length} targets and {width} logits.", nameof(targets));
        return torch.tensor(targets.SelectMany(row => row).ToArray()).view(targets.Count, width).to(type);
    }
}
