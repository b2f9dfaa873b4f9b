using TuneSharp.Evaluation.Comparison;

namespace TuneSharp.Application.Measuring;

/// <summary>How much better the second of two models is on the same rows, and whether that is more than chance.</summary>
/// <param name="Mean">Of the rows' differences.</param>
/// <param name="Low">Lower end of the 95 % interval of the mean, by bootstrap over the rows.</param>
/// <param name="High">Its upper end.</param>
/// <param name="PValue">Two-sided: McNemar's exact test where rows are right or wrong, else Wilcoxon's signed ranks, or all sign patterns of few rows.</param>
public sealed record ScoreDifference(double Mean, double Low, double High, double PValue)
{
    private const int NumResamples = 2000, Seed = 42;

    // The normal distribution is good enough from here on; below, every pattern of signs is counted.
    private const int FewRows = 12;

    /// <returns>Null if there are fewer than two rows, or not the same number of both.</returns>
    public static ScoreDifference? Of(IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        if (before.Count != after.Count || before.Count < 2) return null;
        double[] differences = [.. after.Zip(before, (a, b) => a - b)];
        if (differences.Any(d => !double.IsFinite(d))) return null;
        var random = new Random(Seed);
        (double low, double high) = Bootstrap.Of(differences, Enumerable.Range(0, NumResamples).Select(_ => (int[])[.. Enumerable.Range(0, differences.Length).Select(_ => random.Next(differences.Length))])).Percentile();
        return new ScoreDifference(differences.Average(), low, high, PValueOf(differences));
    }

    private static double PValueOf(double[] differences)
    {
        double[] changed = [.. differences.Where(d => d != 0)];
        if (changed.Length == 0) return 1;
        if (changed.All(d => Math.Abs(d) == 1)) return PairedTests.McNemarExact(changed.Count(d => d < 0), changed.Count(d => d > 0));
        return changed.Length < FewRows ? PairedTests.SignFlips(changed).TwoSided : PairedTests.Wilcoxon(changed, pratt: false).PValue;
    }
}
