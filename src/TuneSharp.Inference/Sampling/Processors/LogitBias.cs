namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Adds a constant to the scores of single ids (the OpenAI API's <c>logit_bias</c>, -100 to 100).</summary>
public sealed class LogitBias(IReadOnlyDictionary<int, double> biases) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        foreach ((int id, double bias) in biases)
            if ((uint)id < (uint)scores_V.Length) scores_V[id] += (float)bias;
    }
}
