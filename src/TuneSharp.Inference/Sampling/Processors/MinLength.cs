namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out the end until the text, prompt included, has so many tokens.</summary>
public sealed class MinLength(int length, IReadOnlyCollection<int> endIds) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.Ids.Length < length) Distribution.RuleOut(scores_V, endIds);
    }
}
