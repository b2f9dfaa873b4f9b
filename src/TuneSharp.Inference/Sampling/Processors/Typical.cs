namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Locally typical sampling (Meister et al. 2022): keeps the tokens whose surprise is nearest to the entropy, up to a mass.
/// As in transformers: ordered by |-ln p - H|, what is farther than the entry at the border falls, ties with it stay.
/// </summary>
/// <param name="mass">Between 0 and 1.</param>
/// <param name="minTokensToKeep">Never fewer than these.</param>
public sealed class Typical(double mass, int minTokensToKeep = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        double entropy = Distribution.Entropy(p_V);
        var distance_V = new double[p_V.Length];
        var order = new int[p_V.Length];
        for (int i = 0; i < p_V.Length; i++)
        {
            distance_V[i] = p_V[i] > 0 ? Math.Abs(-Math.Log(p_V[i]) - entropy) : double.PositiveInfinity;
            order[i] = i;
        }
        Array.Sort((double[])distance_V.Clone(), order);
        int last = 0;
        double cumulative = 0;
        while (last < order.Length - 1 && (cumulative += p_V[order[last]]) < mass) last++;
        double border = distance_V[order[last]];
        for (int i = 0; i < order.Length; i++)
            if (distance_V[order[i]] > border && i >= minTokensToKeep) scores_V[order[i]] = float.NegativeInfinity;
    }
}
