using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Comparison;

/// <summary>Whether two systems that were measured on the same rows differ by more than chance. All p-values are two-sided unless named otherwise.</summary>
public static class PairedTests
{
    /// <summary>McNemar's exact test on the rows that only one system has right.</summary>
    public static double McNemarExact(int onlyA, int onlyB) => BinomialTwoSided(Math.Min(onlyA, onlyB), onlyA + onlyB);

    /// <summary>The same with half the probability of the observed table: less conservative.</summary>
    public static double McNemarMidP(int onlyA, int onlyB) => McNemarExact(onlyA, onlyB) - Distributions.FairCoin(Math.Min(onlyA, onlyB), onlyA + onlyB);

    /// <summary>McNemar's χ² and its p, with or without the continuity correction.</summary>
    public static (double Statistic, double PValue) McNemarChiSquare(int onlyA, int onlyB, bool corrected)
    {
        double distance = Math.Max(0, Math.Abs(onlyA - onlyB) - (corrected ? 1 : 0)), statistic = distance * distance / (onlyA + onlyB);
        return (statistic, Distributions.ChiSquareAbove(statistic));
    }

    /// <summary>Sign test: ties do not count.</summary>
    public static (double TwoSided, double Greater) Sign(int wins, int losses) =>
        (BinomialTwoSided(Math.Min(wins, losses), wins + losses), Enumerable.Range(wins, losses + 1).Sum(k => Distributions.FairCoin(k, wins + losses)));

    /// <summary>Wilcoxon's signed-rank test by the normal distribution.</summary>
    /// <param name="pratt">Zeros take part in the ranking (Pratt 1959) instead of being left out.</param>
    public static (double Statistic, double PValue) Wilcoxon(IReadOnlyList<double> differences, bool pratt)
    {
        double[] kept = [.. differences.Where(d => pratt || d != 0)];
        double[] ranks = Samples.Ranks([.. kept.Select(Math.Abs)]);
        int zeros = kept.Count(d => d == 0), n = kept.Length;
        double plus = ranks.Where((_, i) => kept[i] > 0).Sum(), minus = ranks.Where((_, i) => kept[i] < 0).Sum();
        double mean = n * (n + 1) / 4.0 - zeros * (zeros + 1) / 4.0;
        double spread = n * (n + 1.0) * (2 * n + 1) - zeros * (zeros + 1.0) * (2 * zeros + 1);
        spread -= kept.Where(d => d != 0).GroupBy(Math.Abs).Sum(group => Math.Pow(group.Count(), 3) - group.Count()) / 2;
        return (Math.Min(plus, minus), 2 * Distributions.NormalAbove(Math.Abs(plus - mean) / Math.Sqrt(spread / 24)));
    }

    /// <summary>The same by counting all sign patterns; half ranks are rounded to the safe side.</summary>
    public static (double Statistic, double PValue) WilcoxonExact(IReadOnlyList<double> differences)
    {
        double[] ranks = Samples.Ranks([.. differences.Select(Math.Abs)]);
        double plus = ranks.Where((_, i) => differences[i] > 0).Sum(), minus = ranks.Sum() - plus;
        int n = differences.Count, most = n * (n + 1) / 2;
        var shares = new double[most + 1];
        shares[0] = 1;
        for (int rank = 1; rank <= n; rank++)
        {
            for (int sum = most; sum >= 0; sum--) shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
        }
        double atMost = shares.Take((int)Math.Ceiling(plus) + 1).Sum(), atLeast = shares.Skip((int)Math.Floor(plus)).Sum();
        return (Math.Min(plus, minus), Math.Min(1, 2 * Math.Min(atMost, atLeast)));
    }

    /// <summary>Student's paired test and the interval of the mean difference.</summary>
    public static (double Statistic, double PValue, double Low, double High) Student(IReadOnlyList<double> differences, double confidence = 0.95)
    {
        double mean = differences.Average(), error = Samples.StandardError(differences), degrees = differences.Count - 1;
        double reach = Distributions.StudentQuantile((1 + confidence) / 2, degrees) * error;
        return (mean / error, Distributions.StudentTwoSided(mean / error, degrees), mean - reach, mean + reach);
    }

    /// <summary>Every pattern of signs: the share whose mean is at least as far from 0, or at least as high.</summary>
    /// <param name="differences">At most 24.</param>
    public static (double TwoSided, double Greater) SignFlips(IReadOnlyList<double> differences)
    {
        double observed = differences.Sum(), slack = 1e-12 * differences.Sum(Math.Abs);
        int patterns = 1 << differences.Count, far = 0, high = 0;
        for (int pattern = 0; pattern < patterns; pattern++)
        {
            double sum = 0;
            for (int i = 0; i < differences.Count; i++) sum += (pattern >> i & 1) == 0 ? differences[i] : -differences[i];
            if (Math.Abs(sum) >= Math.Abs(observed) - slack) far++;
            if (sum >= observed - slack) high++;
        }
        return ((double)far / patterns, (double)high / patterns);
    }

    /// <summary>Fisher's exact test of two shares.</summary>
    public static double Fisher(int successesA, int n, int successesB, int m)
    {
        int successes = successesA + successesB;
        double LogProbability(int a) => Distributions.LogChoose(n, a) + Distributions.LogChoose(m, successes - a) - Distributions.LogChoose(n + m, successes);
        double observed = LogProbability(successesA);
        // As likely as the observed table, rounding aside, or less.
        return Math.Min(1, Enumerable.Range(Math.Max(0, successes - m), Math.Min(n, successes) - Math.Max(0, successes - m) + 1).Select(LogProbability).Where(p => p <= observed + 1e-10).Sum(Math.Exp));
    }

    private static double BinomialTwoSided(int fewer, int n) => n == 0 ? 1 : Math.Min(1, 2 * Enumerable.Range(0, fewer + 1).Sum(k => Distributions.FairCoin(k, n)));
}
