namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out sequences of ids: the last id of one, as soon as the text ends with the others. An end id alone is never ruled out.</summary>
public sealed class BadWords(IEnumerable<int[]> sequences, IReadOnlyCollection<int> endIds) : ILogitsProcessor
{
    private readonly SequenceBias bias = new([.. sequences.Where(ids => !(ids.Length == 1 && endIds.Contains(ids[0]))).Select(ids => (ids, double.NegativeInfinity))]);

    public void Apply(in SamplingContext context, Span<float> scores_V) => bias.Apply(context, scores_V);
}
