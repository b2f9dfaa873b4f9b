namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Replaces what is no number by 0 and infinities by the largest and lowest number, so that damaged weights still give a text.</summary>
public sealed class RemoveInvalid : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        foreach (ref float score in scores_V)
            score = float.IsNaN(score) ? 0 : float.IsPositiveInfinity(score) ? float.MaxValue : float.IsNegativeInfinity(score) ? float.MinValue : score;
    }
}
