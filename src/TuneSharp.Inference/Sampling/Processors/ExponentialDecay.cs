namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Makes the end more likely from a length on: <c>score += |score| · (factor^n - 1)</c>, n = tokens beyond the start.</summary>
/// <param name="start">Generated tokens that are free.</param>
/// <param name="factor">Above 1 ends sooner.</param>
/// <param name="endIds">Ends.</param>
public sealed class ExponentialDecay(int start, double factor, IReadOnlyCollection<int> endIds) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        int beyond = context.GeneratedIds.Length - start;
        if (beyond <= 0) return;
        foreach (int id in endIds)
        {
            if ((uint)id >= (uint)scores_V.Length || !float.IsFinite(scores_V[id])) continue;
            double score = scores_V[id] + Math.Abs(scores_V[id]) * (Math.Pow(factor, beyond) - 1);
            scores_V[id] = (float)Math.Clamp(score, float.MinValue, float.MaxValue);
        }
    }
}
