using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Comparison;

/// <summary>Means of resampled rows, and what they say about the mean of all (Efron).</summary>
/// <param name="Observed">Mean of the sample itself.</param>
/// <param name="Resampled">Mean of each resample.</param>
public sealed record Bootstrap(IReadOnlyList<double> Sample, double Observed, IReadOnlyList<double> Resampled)
{
    /// <param name="sample">One number a row, as a difference of two systems.</param>
    /// <param name="indices">Which rows each resample draws.</param>
    public static Bootstrap Of(IReadOnlyList<double> sample, IEnumerable<IReadOnlyList<int>> indices) =>
        new(sample, sample.Average(), [.. indices.Select(draw => draw.Average(row => sample[row]))]);

    public (double Low, double High) Percentile(double confidence = 0.95)
    {
        double[] sorted = [.. Resampled.Order()];
        return (Samples.Quantile(sorted, (1 - confidence) / 2), Samples.Quantile(sorted, (1 + confidence) / 2));
    }

    /// <summary>Bias-corrected and accelerated interval (Efron 1987).</summary>
    public BcaInterval Bca(double confidence = 0.95)
    {
        double z0 = Distributions.NormalQuantile(Resampled.Count(mean => mean < Observed) / (double)Resampled.Count);
        double sum = Sample.Sum();
        double[] jackknife = [.. Sample.Select(left => (sum - left) / (Sample.Count - 1))];
        double middle = jackknife.Average();
        double acceleration = jackknife.Sum(m => Math.Pow(middle - m, 3)) / (6 * Math.Pow(jackknife.Sum(m => (middle - m) * (middle - m)), 1.5));
        double Corrected(double p)
        {
            double z = z0 + Distributions.NormalQuantile(p);
            return 1 - Distributions.NormalAbove(z0 + z / (1 - acceleration * z));
        }
        double low = Corrected((1 - confidence) / 2), high = Corrected((1 + confidence) / 2);
        double[] sorted = [.. Resampled.Order()];
        return new BcaInterval(z0, acceleration, low, high, Samples.Quantile(sorted, low), Samples.Quantile(sorted, high));
    }
}

/// <param name="Z0">Bias of the resamples' median.</param>
/// <param name="LowQuantile">Of the resamples, where the interval begins.</param>
public sealed record BcaInterval(double Z0, double Acceleration, double LowQuantile, double HighQuantile, double Low, double High);
