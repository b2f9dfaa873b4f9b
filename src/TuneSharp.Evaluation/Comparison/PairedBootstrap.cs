namespace TuneSharp.Evaluation.Comparison;

/// <summary>What resampled corpus scores say, as sacreBLEU's paired bootstrap (Koehn 2004) does it.</summary>
/// <param name="Mean">Of the resamples' scores.</param>
/// <param name="HalfInterval">Half the width of the middle 95 % of them.</param>
/// <param name="PValue">Against the baseline: how often resampling alone moves the difference further than it is; null for the baseline itself.</param>
public sealed record PairedBootstrap(double Mean, double HalfInterval, double? PValue)
{
    /// <param name="resampled">Scores of the system on each resample.</param>
    /// <param name="baseline">Scores of the baseline on the same resamples; null for the baseline itself.</param>
    /// <param name="difference">Of both scores on all rows.</param>
    public static PairedBootstrap Of(IReadOnlyList<double> resampled, IReadOnlyList<double>? baseline = null, double difference = 0)
    {
        double[] sorted = [.. resampled.Order()];
        int outside = sorted.Length / 40;
        double half = 0.5 * (sorted[^(outside + 1)] - sorted[outside]);
        if (baseline is null) return new PairedBootstrap(resampled.Average(), half, null);
        double[] moved = [.. resampled.Zip(baseline, (a, b) => Math.Abs(a - b))];
        double mean = moved.Average();
        return new PairedBootstrap(resampled.Average(), half, (moved.Count(m => m - mean > Math.Abs(difference)) + 1.0) / (moved.Length + 1));
    }
}
