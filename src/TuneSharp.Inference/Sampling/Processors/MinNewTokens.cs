namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out the end until the answer has so many tokens.</summary>
public sealed class MinNewTokens(int count, IReadOnlyCollection<int> endIds) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.GeneratedIds.Length < count) Distribution.RuleOut(scores_V, endIds);
    }
}
