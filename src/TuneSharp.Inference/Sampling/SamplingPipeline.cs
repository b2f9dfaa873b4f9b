using TuneSharp.Inference.Sampling.Processors;

namespace TuneSharp.Inference.Sampling;

/// <summary>
/// The order of the processors, that of transformers: biases and penalties first, then temperature, then what cuts the tail.
/// A setting at its neutral value adds none.
/// </summary>
public static class SamplingPipeline
{
    public static IReadOnlyList<ILogitsProcessor> Create(SamplingSettings settings)
    {
        var steps = new List<ILogitsProcessor>();
        if (settings.LogitBias.Count > 0) steps.Add(new LogitBias(settings.LogitBias));
        if (settings.RepetitionPenalty != 1) steps.Add(new RepetitionPenalty(settings.RepetitionPenalty));
        if (settings.PresencePenalty != 0 || settings.FrequencyPenalty != 0) steps.Add(new CountPenalties(settings.PresencePenalty, settings.FrequencyPenalty));
        if (settings.NoRepeatNgramSize > 0) steps.Add(new NoRepeatNGram(settings.NoRepeatNgramSize));
        if (settings.Temperature == 0) return steps;

        if (settings.Temperature != 1) steps.Add(new Temperature(settings.Temperature));
        if (settings.TopNSigma > 0) steps.Add(new TopNSigma(settings.TopNSigma));
        if (settings.TopK > 0) steps.Add(new TopK(settings.TopK));
        if (settings.TopP < 1) steps.Add(new TopP(settings.TopP));
        if (settings.MinP > 0) steps.Add(new MinP(settings.MinP));
        if (settings.TypicalP < 1) steps.Add(new Typical(settings.TypicalP));
        if (settings.EpsilonCutoff > 0) steps.Add(new EpsilonCutoff(settings.EpsilonCutoff));
        if (settings.EtaCutoff > 0) steps.Add(new EtaCutoff(settings.EtaCutoff));
        return steps;
    }
}
