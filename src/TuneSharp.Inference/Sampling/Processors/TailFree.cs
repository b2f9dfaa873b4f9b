namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Tail-free sampling (Phénix and Egan 2019): cuts where the sorted probabilities stop bending. The absolute second
/// differences, normalised to 1, are added up from the best token on; what lies behind the border falls.
/// </summary>
/// <param name="border">z, between 0 and 1; 1 keeps everything but the last token.</param>
public sealed class TailFree(double border) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        // Tokens that are ruled out have probability 0 and stand behind all others: they take part in the differences.
        int[] ranked = Distribution.Ranked(scores_V);
        double P(int rank) => rank < ranked.Length ? p_V[ranked[rank]] : 0;
        int bends = scores_V.Length - 2;
        double total = 0;
        for (int i = 0; i < bends; i++) total += Bend(i);
        if (total == 0) return;
        double sum = 0;
        int kept = 1;
        for (; kept <= bends; kept++)
        {
            sum += Bend(kept - 1) / total;
            if (sum > border) break;
        }
        if (kept < ranked.Length) Distribution.RuleOut(scores_V, ranked.AsSpan(kept));

        double Bend(int i) => Math.Abs(P(i + 2) - 2 * P(i + 1) + P(i));
    }
}
