namespace TuneSharp.Evaluation.Comparison;

/// <summary>p-values of several tests at once, corrected, in their own order.</summary>
public static class MultipleTesting
{
    public static double[] Bonferroni(IReadOnlyList<double> p) => [.. p.Select(value => Math.Min(1, value * p.Count))];

    /// <summary>Holm (1979): the same guarantee, never larger.</summary>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        var corrected = new double[p.Count];
        double highest = 0;
        foreach ((int rank, int i) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index()) corrected[i] = highest = Math.Max(highest, Math.Min(1, (p.Count - rank) * p[i]));
        return corrected;
    }

    /// <summary>Benjamini and Hochberg (1995): limits the share of false discoveries.</summary>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> p)
    {
        var corrected = new double[p.Count];
        double lowest = 1;
        foreach ((int fromTop, int i) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Reverse().Index()) corrected[i] = lowest = Math.Min(lowest, p.Count * p[i] / (p.Count - fromTop));
        return corrected;
    }
}
