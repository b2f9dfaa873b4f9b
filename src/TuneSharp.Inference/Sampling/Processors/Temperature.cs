using TuneSharp.Formats;

namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Divides the scores: below 1 the likely tokens gain, above 1 the unlikely ones (Ackley et al. 1985).</summary>
public sealed class Temperature : ILogitsProcessor
{
    private readonly float temperature;

    /// <param name="temperature">Above 0; greedy decoding is a setting of its own, not temperature 0.</param>
    public Temperature(double temperature)
    {
        if (!(temperature > 0) || !double.IsFinite(temperature))
            throw new InvalidInputException($"temperature is {temperature}, it must be above 0.", null, "Use 0 in the settings for greedy decoding.");
        this.temperature = (float)temperature;
    }

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        for (int i = 0; i < scores_V.Length; i++) scores_V[i] /= temperature;
    }
}
