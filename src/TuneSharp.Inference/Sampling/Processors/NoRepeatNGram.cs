namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out every id that would complete an n-gram that has occurred before (Paulus et al. 2017).</summary>
/// <param name="size">n, at least 1.</param>
public sealed class NoRepeatNGram(int size) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        ReadOnlySpan<int> ids = context.Ids;
        if (ids.Length + 1 < size) return;
        ReadOnlySpan<int> open = ids[(ids.Length - size + 1)..];
        for (int start = 0; start + size <= ids.Length; start++)
        {
            int next = ids[start + size - 1];
            if (ids.Slice(start, size - 1).SequenceEqual(open) && (uint)next < (uint)scores_V.Length) scores_V[next] = float.NegativeInfinity;
        }
    }
}
