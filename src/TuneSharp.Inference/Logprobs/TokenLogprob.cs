using TuneSharp.Inference.Sampling;

namespace TuneSharp.Inference.Logprobs;

/// <summary>How likely the model held a token, and the best ones beside it: log-softmax of the raw scores, before any processor.</summary>
/// <param name="Id">The token that was written.</param>
/// <param name="Logprob">Natural logarithm of its probability.</param>
/// <param name="Top">The best tokens, best first; the written one need not be among them.</param>
public sealed record TokenLogprob(int Id, double Logprob, IReadOnlyList<(int Id, double Logprob)> Top)
{
    /// <param name="logits_V">The model's scores.</param>
    /// <param name="id">The token that was chosen.</param>
    /// <param name="count">How many of the best.</param>
    public static TokenLogprob From(ReadOnlySpan<float> logits_V, int id, int count)
    {
        float max = Distribution.Max(logits_V);
        double sum = 0;
        foreach (float logit in logits_V) sum += Math.Exp((double)logit - max);
        double total = max + Math.Log(sum);
        var top = new List<(int, double)>(count);
        if (count > 0)
        {
            float border = Distribution.KthLargest(logits_V, Math.Min(count, logits_V.Length));
            var best = new List<int>();
            for (int i = 0; i < logits_V.Length; i++)
                if (logits_V[i] >= border) best.Add(i);
            float[] scores = [.. logits_V];
            foreach (int i in best.OrderByDescending(i => scores[i]).ThenBy(i => i).Take(count)) top.Add((i, scores[i] - total));
        }
        return new TokenLogprob(id, logits_V[id] - total, top);
    }
}
