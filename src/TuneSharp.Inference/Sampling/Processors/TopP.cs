namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Nucleus sampling (Holtzman et al. 2020): keeps the most likely tokens that together reach probability p. As in
/// transformers a token falls when the cumulative probability from the unlikely end up to it is at most 1 - p.
/// </summary>
/// <param name="p">Between 0 and 1.</param>
/// <param name="minTokensToKeep">Never fewer than these.</param>
public sealed class TopP(double p, int minTokensToKeep = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        int[] ranked = Distribution.Ranked(scores_V);
        double cumulative = 0;
        for (int i = ranked.Length - 1; i >= minTokensToKeep; i--)
        {
            cumulative += p_V[ranked[i]];
            if (cumulative > 1 - p) break;
            scores_V[ranked[i]] = float.NegativeInfinity;
        }
    }
}
