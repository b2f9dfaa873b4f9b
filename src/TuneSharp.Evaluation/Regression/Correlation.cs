using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Regression;

/// <summary>A coefficient and its two-sided p-value; NaN where one side is constant.</summary>
public readonly record struct Correlation(double Coefficient, double PValue)
{
    /// <summary>Pearson's r; p by the exact distribution for normal samples.</summary>
    public static Correlation Pearson(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (IsConstant(x) || IsConstant(y)) return new Correlation(double.NaN, double.NaN);
        double r = PearsonOf(x, y);
        if (x.Count == 2) return new Correlation(Math.Round(r), 1);
        return new Correlation(r, PValueOf(r, x.Count));
    }

    /// <summary>Spearman's ρ: Pearson's r of the ranks; p by Student's distribution.</summary>
    public static Correlation Spearman(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (IsConstant(x) || IsConstant(y)) return new Correlation(double.NaN, double.NaN);
        // By covariance and deviations, as numpy does: whether ρ of a perfect order is 1 or a bit less decides about its p.
        double[] ranksX = Samples.Ranks(x), ranksY = Samples.Ranks(y);
        double meanX = ranksX.Average(), meanY = ranksY.Average(), covariance = ranksX.Zip(ranksY, (a, b) => (a - meanX) * (b - meanY)).Sum() / (x.Count - 1);
        double r = Math.Clamp(covariance / Samples.StandardDeviation(ranksX) / Samples.StandardDeviation(ranksY), -1, 1);
        return new Correlation(r, x.Count == 2 ? double.NaN : PValueOf(r, x.Count));
    }

    /// <summary>Kendall's τ-b; p exactly for small samples without ties, else by the normal distribution.</summary>
    public static Correlation Kendall(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        if (IsConstant(x) || IsConstant(y)) return new Correlation(double.NaN, double.NaN);
        int n = x.Count;
        long concordant = 0, discordant = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                int sign = x[i].CompareTo(x[j]) * y[i].CompareTo(y[j]);
                if (sign > 0) concordant++;
                else if (sign < 0) discordant++;
            }
        }
        (double ties, double cubic, double linear) xTies = Ties(x), yTies = Ties(y);
        double pairs = n * (n - 1) / 2.0, difference = concordant - discordant;
        double tau = Math.Clamp(difference / Math.Sqrt(pairs - xTies.ties) / Math.Sqrt(pairs - yTies.ties), -1, 1);
        bool exact = xTies.ties == 0 && yTies.ties == 0 && (n <= 33 || Math.Min(discordant, pairs - discordant) <= 1);
        if (exact) return new Correlation(tau, ExactKendall(n, (long)Math.Min(discordant, pairs - discordant)));
        double m = n * (n - 1.0);
        double variance = (m * (2 * n + 5) - xTies.linear - yTies.linear) / 18 + 2 * xTies.ties * yTies.ties / m + xTies.cubic * yTies.cubic / (9 * m * (n - 2));
        return new Correlation(tau, 2 * Distributions.NormalAbove(Math.Abs(difference) / Math.Sqrt(variance)));
    }

    private static bool IsConstant(IReadOnlyList<double> values) => values.All(value => value == values[0]);

    private static double PearsonOf(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        double meanX = x.Average(), meanY = y.Average();
        double sizeX = Math.Sqrt(x.Sum(v => (v - meanX) * (v - meanX))), sizeY = Math.Sqrt(y.Sum(v => (v - meanY) * (v - meanY)));
        return Math.Clamp(x.Zip(y, (a, b) => (a - meanX) / sizeX * ((b - meanY) / sizeY)).Sum(), -1, 1);
    }

    private static double PValueOf(double r, int n)
    {
        if (Math.Abs(r) >= 1) return 0;
        return Distributions.StudentTwoSided(r * Math.Sqrt((n - 2) / ((1 - r) * (1 + r))), n - 2);
    }

    // Pairs that are equal, and the two sums over groups of t equal values that the variance takes.
    private static (double Ties, double Cubic, double Linear) Ties(IReadOnlyList<double> values)
    {
        double[] groups = [.. values.GroupBy(value => value).Select(group => (double)group.Count())];
        return (groups.Sum(t => t * (t - 1) / 2), groups.Sum(t => t * (t - 1) * (t - 2)), groups.Sum(t => t * (t - 1) * (2 * t + 5)));
    }

    // Permutations of n with at most c inversions, twice, over all: counted by the recursion of Mann (1945).
    private static double ExactKendall(int n, long c)
    {
        if (2 * c == n * (n - 1L) / 2) return 1;
        var shares = new double[c + 1];
        shares[0] = 1;
        for (int j = 2; j <= n; j++)
        {
            var next = new double[c + 1];
            for (long inversions = 0; inversions <= c; inversions++)
            {
                for (long last = 0; last < j && last <= inversions; last++) next[inversions] += shares[inversions - last] / j;
            }
            shares = next;
        }
        return Math.Min(1, 2 * shares.Sum());
    }
}
