namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out every id that would complete an n-gram of the source, so that the answer does not copy it.</summary>
/// <param name="size">n, at least 1.</param>
/// <param name="source">Ids of the source; null: the prompt.</param>
public sealed class EncoderNoRepeatNGram(int size, int[]? source = null) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        ReadOnlySpan<int> from = source ?? context.Ids[..context.PromptLength];
        if (context.Ids.Length + 1 < size) return;
        NGrams.RuleOutRepeats(from, context.Ids[(context.Ids.Length - size + 1)..], scores_V);
    }
}
