namespace TuneSharp.Evaluation.Answers;

/// <summary>pass@k (Chen et al. 2021): probability that one of k drawn solutions passes, without bias, from n of which c passed.</summary>
public static class PassAtK
{
    public static double Of(int n, int c, int k)
    {
        if (n - c < k) return 1;
        double allFail = 1;
        for (int i = n - c + 1; i <= n; i++) allFail *= 1 - (double)k / i;
        return 1 - allFail;
    }
}
