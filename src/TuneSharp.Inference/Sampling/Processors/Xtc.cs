namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// XTC ("exclude top choices"): of the tokens with probability at least the threshold all but the least likely fall, if there
/// are two or more. Applied in a share of the steps, drawn by the caller's seeded generator.
/// </summary>
/// <param name="threshold">Between 0 and 1; above 0.5 nothing ever falls.</param>
/// <param name="protectedIds">If one of these would fall, nothing does in this step (line breaks, end of text).</param>
/// <param name="apply">Asked once a step.</param>
public sealed class Xtc(double threshold, IReadOnlySet<int> protectedIds, Func<bool> apply) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (!apply()) return;
        double[] p_V = Distribution.Softmax(scores_V);
        int[] ranked = Distribution.Ranked(scores_V);
        int above = 0;
        while (above < ranked.Length && p_V[ranked[above]] >= threshold) above++;
        if (above < 2) return;
        ReadOnlySpan<int> fall = ranked.AsSpan(0, above - 1);
        foreach (int id in fall)
            if (protectedIds.Contains(id)) return;
        Distribution.RuleOut(scores_V, fall);
    }
}
