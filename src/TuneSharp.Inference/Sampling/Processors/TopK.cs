using TuneSharp.Formats;

namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Keeps the k most likely tokens; ties with the k-th stay (Fan et al. 2018).</summary>
/// <param name="k">At least 1.</param>
/// <param name="minTokensToKeep">Never fewer than these.</param>
public sealed class TopK(int k, int minTokensToKeep = 1) : ILogitsProcessor
{
    private readonly int count = Math.Max(k >= 1 ? k : throw new InvalidInputException($"top_k is {k}, it must be at least 1.", null, "Use 0 in the settings to switch it off."), minTokensToKeep);

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        float border = Distribution.KthLargest(scores_V, count);
        for (int i = 0; i < scores_V.Length; i++)
            if (scores_V[i] < border) scores_V[i] = float.NegativeInfinity;
    }
}
