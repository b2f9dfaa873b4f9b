namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out these ids.</summary>
public sealed class SuppressTokens(IReadOnlyCollection<int> ids) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V) => Distribution.RuleOut(scores_V, ids);
}

/// <summary>Rules out these ids as the first of an answer.</summary>
/// <param name="ids">Ids.</param>
/// <param name="beginAt">Generated tokens before the one that counts as the first: 1 behind a forced start.</param>
public sealed class SuppressTokensAtBegin(IReadOnlyCollection<int> ids, int beginAt = 0) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.GeneratedIds.Length == beginAt) Distribution.RuleOut(scores_V, ids);
    }
}
