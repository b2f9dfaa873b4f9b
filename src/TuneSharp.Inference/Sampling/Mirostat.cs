namespace TuneSharp.Inference.Sampling;

/// <summary>
/// Mirostat 2 (Basu et al. 2021, arXiv:2007.14966): draws among the tokens whose surprise -log2 p is at most mu, and moves mu
/// after each so that the surprise stays near a target. Keeps mu, so one instance serves one text.
/// </summary>
/// <param name="target">tau, in bits.</param>
/// <param name="rate">eta, how fast mu follows.</param>
public sealed class Mirostat(double target, double rate)
{
    /// <summary>The largest surprise that can be drawn now, in bits; 2 · target at first.</summary>
    public double Limit { get; private set; } = 2 * target;

    /// <summary>Draws the next token, the best first in the cumulative sum, and moves the limit.</summary>
    /// <param name="scores_V">Not changed.</param>
    /// <param name="u">Uniform in [0, 1).</param>
    public int Draw(ReadOnlySpan<float> scores_V, double u)
    {
        (int[] ids, double[] p) = Candidates(scores_V);
        double cumulative = 0;
        int at = 0;
        for (; at < p.Length - 1; at++)
        {
            cumulative += p[at];
            if (u < cumulative) break;
        }
        Limit -= rate * (-Math.Log2(p[at]) - target);
        return ids[at];
    }

    /// <summary>Ids that can be drawn, best first, and their probabilities among each other. At least the best token.</summary>
    internal (int[] Ids, double[] Probabilities) Candidates(ReadOnlySpan<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        int[] ranked = Distribution.Ranked(scores_V);
        int count = 1;
        while (count < ranked.Length && -Math.Log2(p_V[ranked[count]]) <= Limit) count++;
        double sum = 0;
        for (int i = 0; i < count; i++) sum += p_V[ranked[i]];
        return (ranked[..count], [.. ranked.Take(count).Select(id => p_V[id] / sum)]);
    }
}
