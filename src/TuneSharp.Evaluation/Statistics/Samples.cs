namespace TuneSharp.Evaluation.Statistics;

/// <summary>Mean, spread and ranks of samples.</summary>
public static class Samples
{
    /// <summary>Variance with n − <paramref name="ddof"/> in the denominator.</summary>
    public static double Variance(IReadOnlyList<double> values, int ddof = 1)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Count - ddof);
    }

    public static double StandardDeviation(IReadOnlyList<double> values, int ddof = 1) => Math.Sqrt(Variance(values, ddof));

    /// <summary>Standard error of the mean.</summary>
    public static double StandardError(IReadOnlyList<double> values) => StandardDeviation(values) / Math.Sqrt(values.Count);

    public static double Median(IReadOnlyList<double> values) => Quantile([.. values.Order()], 0.5);

    /// <summary>Linear interpolation between order statistics, as numpy's default.</summary>
    public static double Quantile(IReadOnlyList<double> sorted, double q)
    {
        double at = q * (sorted.Count - 1);
        int below = Math.Clamp((int)Math.Floor(at), 0, sorted.Count - 1), above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>Ranks from 1; equal values share the mean of theirs.</summary>
    public static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int i = 0; i < order.Length;)
        {
            int end = i;
            while (end < order.Length && values[order[end]] == values[order[i]]) end++;
            for (int j = i; j < end; j++) ranks[order[j]] = (i + 1 + end) / 2.0;
            i = end;
        }
        return ranks;
    }
}
