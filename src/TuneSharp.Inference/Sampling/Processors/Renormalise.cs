namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Log-softmax: the scores are log-probabilities again after all cuts.</summary>
public sealed class Renormalise : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V) => Distribution.LogSoftmax(scores_V);
}
