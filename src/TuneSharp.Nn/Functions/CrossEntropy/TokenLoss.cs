namespace TuneSharp.Nn;

/// <summary>What the loss of a token is, beside plain cross-entropy. Smoothing and focus do not go together.</summary>
/// <param name="LabelSmoothing">ε, 0 … 1: the share of the target that is spread over the whole vocabulary (arXiv:1512.00567, section 7).</param>
/// <param name="ZLoss">ζ ≥ 0: adds ζ (log sum exp z)², which keeps logits from drifting away (arXiv:2204.02311, section 5).</param>
/// <param name="FocalGamma">γ ≥ 0: the loss times (1 - p)^γ, so that what is known already counts less (arXiv:1708.02002).</param>
public sealed record TokenLoss(double LabelSmoothing = 0, double ZLoss = 0, double FocalGamma = 0)
{
    public static TokenLoss Plain { get; } = new();

    internal void Check()
    {
        if (LabelSmoothing is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(LabelSmoothing), LabelSmoothing, "Label smoothing is a share between 0 and 1.");
        if (!(ZLoss >= 0)) throw new ArgumentOutOfRangeException(nameof(ZLoss), ZLoss, "The weight of the z-loss is at least 0.");
        if (!(FocalGamma >= 0)) throw new ArgumentOutOfRangeException(nameof(FocalGamma), FocalGamma, "The focal loss's exponent is at least 0.");
        if (FocalGamma > 0 && LabelSmoothing > 0) throw new ArgumentException("A focal loss has no smoothed labels.", nameof(FocalGamma));
    }
}
