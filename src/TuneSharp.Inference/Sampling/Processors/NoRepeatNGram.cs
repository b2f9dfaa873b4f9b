namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out every id that would complete an n-gram that has occurred before (Paulus et al. 2017).</summary>
/// <param name="size">n, at least 1.</param>
public sealed class NoRepeatNGram(int size) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.Ids.Length + 1 < size) return;
        NGrams.RuleOutRepeats(context.Ids, context.Ids[(context.Ids.Length - size + 1)..], scores_V);
    }
}

/// <summary>What follows a group of ids wherever it occurs.</summary>
internal static class NGrams
{
    /// <param name="ids">Where n-grams are looked for.</param>
    /// <param name="open">The first n - 1 ids of one that is about to be completed.</param>
    /// <param name="scores_V">Changed.</param>
    public static void RuleOutRepeats(ReadOnlySpan<int> ids, ReadOnlySpan<int> open, Span<float> scores_V)
    {
        for (int start = 0; start + open.Length < ids.Length; start++)
        {
            int next = ids[start + open.Length];
            if (ids.Slice(start, open.Length).SequenceEqual(open) && (uint)next < (uint)scores_V.Length) scores_V[next] = float.NegativeInfinity;
        }
    }
}
