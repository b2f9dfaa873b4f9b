namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Keeps tokens at least <paramref name="minP"/> times as likely as the best one (Nguyen et al. 2024, arXiv:2407.01082).</summary>
/// <param name="minP">Between 0 and 1.</param>
/// <param name="minTokensToKeep">Never fewer than these.</param>
public sealed class MinP(double minP, int minTokensToKeep = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        double border = minP * p_V.Max();
        Cut.Below(scores_V, p_V, border, minTokensToKeep);
    }
}

/// <summary>The cut that min-p and its relatives make: by probability, but never into the best few.</summary>
internal static class Cut
{
    public static void Below(Span<float> scores_V, ReadOnlySpan<double> p_V, double border, int minTokensToKeep)
    {
        float kept = Distribution.KthLargest(scores_V, Math.Min(minTokensToKeep, scores_V.Length));
        for (int i = 0; i < scores_V.Length; i++)
            if (p_V[i] < border && scores_V[i] < kept) scores_V[i] = float.NegativeInfinity;
    }
}
