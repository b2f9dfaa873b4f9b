namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Top-H: of the 100 best tokens keeps those, best first, whose entropy together stays within a share of the whole entropy
/// (Baghaei Potraghloo et al. 2025, arXiv:2509.02510); at least one.
/// </summary>
/// <param name="share">Between 0 and 1.</param>
public sealed class TopH(double share) : ILogitsProcessor
{
    private const int Considered = 100;

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        int[] ranked = Distribution.Ranked(scores_V);
        int count = Math.Min(ranked.Length, Considered);
        var best = new float[count];
        for (int i = 0; i < count; i++) best[i] = scores_V[ranked[i]];
        double[] p = Distribution.Softmax(best);
        double limit = share * Distribution.Entropy(p), sum = 0;
        int kept = 0;
        for (; kept < count; kept++)
        {
            if (p[kept] > 0) sum -= p[kept] * Math.Log(p[kept]);
            if (kept > 0 && sum > limit) break;
        }
        Distribution.RuleOut(scores_V, ranked.AsSpan(kept));
    }
}
