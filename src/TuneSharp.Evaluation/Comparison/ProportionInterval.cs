using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Comparison;

/// <summary>Where a share that was seen as successes of n probably lies.</summary>
public readonly record struct ProportionInterval(double Low, double High)
{
    /// <summary>Wilson's score interval (1927), which holds what it says for few rows and extreme shares too.</summary>
    public static ProportionInterval Wilson(int successes, int n, double confidence = 0.95)
    {
        double z = Distributions.NormalQuantile((1 + confidence) / 2), p = (double)successes / n;
        double middle = (p + z * z / (2 * n)) / (1 + z * z / n), reach = z / (1 + z * z / n) * Math.Sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
        return new ProportionInterval(successes == 0 ? 0 : middle - reach, successes == n ? 1 : middle + reach);
    }

    /// <summary>The same with the continuity correction (Newcombe 1998).</summary>
    public static ProportionInterval WilsonCorrected(int successes, int n, double confidence = 0.95)
    {
        double z = Distributions.NormalQuantile((1 + confidence) / 2), p = (double)successes / n, q = 1 - p;
        double below = (2 * n * p + z * z - 1 - z * Math.Sqrt(z * z - 2 - 1.0 / n + 4 * p * (n * q + 1))) / (2 * (n + z * z));
        double above = (2 * n * p + z * z + 1 + z * Math.Sqrt(z * z + 2 - 1.0 / n + 4 * p * (n * q - 1))) / (2 * (n + z * z));
        return new ProportionInterval(successes == 0 ? 0 : Math.Max(0, below), successes == n ? 1 : Math.Min(1, above));
    }

    /// <summary>Clopper and Pearson (1934): never too narrow.</summary>
    public static ProportionInterval ClopperPearson(int successes, int n, double confidence = 0.95)
    {
        double tail = (1 - confidence) / 2;
        return new ProportionInterval(successes == 0 ? 0 : Distributions.BetaQuantile(tail, successes, n - successes + 1), successes == n ? 1 : Distributions.BetaQuantile(1 - tail, successes + 1, n - successes));
    }

    /// <summary>The textbook's, which is too narrow near 0 and 1.</summary>
    public static ProportionInterval Normal(int successes, int n, double confidence = 0.95)
    {
        double p = (double)successes / n, reach = Distributions.NormalQuantile((1 + confidence) / 2) * Math.Sqrt(p * (1 - p) / n);
        return new ProportionInterval(p - reach, p + reach);
    }
}
