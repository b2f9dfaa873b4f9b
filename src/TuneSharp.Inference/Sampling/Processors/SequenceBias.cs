namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Adds to the score of a sequence's last id: always for a sequence of one, else only when the text ends with what comes
/// before it. Several entries for one id add up.
/// </summary>
/// <param name="biases">Sequences of at least one id; negative infinity rules out.</param>
public sealed class SequenceBias(IReadOnlyList<(int[] Ids, double Bias)> biases) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        foreach ((int[] ids, double bias) in biases)
        {
            if ((uint)ids[^1] < (uint)scores_V.Length && context.Ids.EndsWith(ids.AsSpan(0, ids.Length - 1))) scores_V[ids[^1]] += (float)bias;
        }
    }
}
