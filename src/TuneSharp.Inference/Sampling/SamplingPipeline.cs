using TuneSharp.Inference.Sampling.Processors;

namespace TuneSharp.Inference.Sampling;

/// <summary>
/// The order of the processors, that of transformers: biases, penalties and rules first, then temperature, then what cuts the
/// tail; what transformers does not have stands beside its nearest relative. A setting at its neutral value adds none.
/// </summary>
public static class SamplingPipeline
{
    /// <param name="settings">Valid ones.</param>
    /// <param name="scope">End ids and tokenizer.</param>
    /// <param name="uniform">Numbers in [0, 1) for what happens by chance.</param>
    /// <exception cref="Formats.InvalidInputException">A setting names words, and there is no tokenizer.</exception>
    public static IReadOnlyList<ILogitsProcessor> Create(SamplingSettings settings, SamplingScope? scope = null, Func<double>? uniform = null)
    {
        scope ??= SamplingScope.None;
        var steps = new List<ILogitsProcessor>();
        AddPenalties(steps, settings, scope);
        AddRules(steps, settings, scope);
        if (settings.Temperature != 0)
        {
            AddShape(steps, settings);
            if (settings.MirostatTau == 0) AddCuts(steps, settings, scope, uniform ?? new Xoshiro256((ulong)settings.Seed).NextDouble);
        }
        if (settings.RenormalizeLogits) steps.Add(new Renormalise());
        return steps;
    }

    private static void AddPenalties(List<ILogitsProcessor> steps, SamplingSettings s, SamplingScope scope)
    {
        if (s.SequenceBias.Entries.Count > 0) steps.Add(new SequenceBias([.. s.SequenceBias.Entries.SelectMany(entry => entry.Spell(scope).Select(ids => (ids, entry.Bias)))]));
        if (s.LogitBias.Count > 0) steps.Add(new LogitBias(s.LogitBias));
        if (s.EncoderRepetitionPenalty != 1) steps.Add(new EncoderRepetitionPenalty(s.EncoderRepetitionPenalty));
        if (s.RepetitionPenalty != 1) steps.Add(new RepetitionPenalty(s.RepetitionPenalty));
        if (s.PresencePenalty != 0 || s.FrequencyPenalty != 0) steps.Add(new CountPenalties(s.PresencePenalty, s.FrequencyPenalty, s.PenalizePrompt));
        if (s.DryMultiplier > 0) steps.Add(new Dry(s.DryMultiplier, s.DryBase, s.DryAllowedLength, Breakers(s.DrySequenceBreakers, scope), s.DryRange));
        if (s.NoRepeatNgramSize > 0) steps.Add(new NoRepeatNGram(s.NoRepeatNgramSize));
        if (s.EncoderNoRepeatNgramSize > 0) steps.Add(new EncoderNoRepeatNGram(s.EncoderNoRepeatNgramSize));
    }

    private static void AddRules(List<ILogitsProcessor> steps, SamplingSettings s, SamplingScope scope)
    {
        if (s.BadWords.Entries.Count > 0) steps.Add(new BadWords(s.BadWords.Entries.SelectMany(entry => entry.Spell(scope)), scope.EndIds));
        if (s.MinLength > 0) steps.Add(new MinLength(s.MinLength, scope.EndIds));
        if (s.MinNewTokens > 0) steps.Add(new MinNewTokens(s.MinNewTokens, scope.EndIds));
        // An end is always possible: a text of allowed tokens may be over.
        if (s.AllowedTokens.Ids.Count > 0) steps.Add(new AllowedTokens([.. s.AllowedTokens.Ids, .. scope.EndIds]));
        if (s.ForcedBosTokenId is { } bos) steps.Add(new ForcedBos(bos));
        if (s.ForcedEosTokenId is { } eos) steps.Add(new ForcedEos([eos], s.MaxNewTokens));
        if (s.RemoveInvalidValues) steps.Add(new RemoveInvalid());
        if (s.ExponentialDecayLengthPenalty is { } decay) steps.Add(new ExponentialDecay(decay.Start, decay.Factor, scope.EndIds));
        if (s.SuppressTokens.Ids.Count > 0) steps.Add(new SuppressTokens(s.SuppressTokens.Ids));
        if (s.BeginSuppressTokens.Ids.Count > 0) steps.Add(new SuppressTokensAtBegin(s.BeginSuppressTokens.Ids));
    }

    private static void AddShape(List<ILogitsProcessor> steps, SamplingSettings s)
    {
        if (s.DynatempHigh > 0) steps.Add(new DynamicTemperature(s.DynatempLow, s.DynatempHigh, s.DynatempExponent));
        else if (s.Temperature != 1) steps.Add(new Temperature(s.Temperature));
        if (s.SmoothingFactor > 0) steps.Add(new Quadratic(s.SmoothingFactor, s.SmoothingCurve));
    }

    private static void AddCuts(List<ILogitsProcessor> steps, SamplingSettings s, SamplingScope scope, Func<double> uniform)
    {
        if (s.TopNSigma > 0) steps.Add(new TopNSigma(s.TopNSigma));
        if (s.TopH > 0) steps.Add(new TopH(s.TopH));
        if (s.TopK > 0) steps.Add(new TopK(s.TopK));
        if (s.TopP < 1) steps.Add(new TopP(s.TopP));
        if (s.MinP > 0) steps.Add(new MinP(s.MinP));
        if (s.TypicalP < 1) steps.Add(new Typical(s.TypicalP));
        if (s.EpsilonCutoff > 0) steps.Add(new EpsilonCutoff(s.EpsilonCutoff));
        if (s.EtaCutoff > 0) steps.Add(new EtaCutoff(s.EtaCutoff));
        if (s.TopA > 0) steps.Add(new TopA(s.TopA));
        if (s.TailFree < 1) steps.Add(new TailFree(s.TailFree));
        if (s.XtcProbability > 0) steps.Add(new Xtc(s.XtcThreshold, Protected(scope), () => uniform() < s.XtcProbability));
    }

    /// <summary>Ids that no repetition crosses: the last one of each text behind a letter, as it occurs within a line.</summary>
    private static HashSet<int> Breakers(IReadOnlyList<string> texts, SamplingScope scope)
    {
        var ids = new HashSet<int>(scope.EndIds);
        if (scope.Encode is not { } encode) return ids;
        foreach (string text in texts)
            if (encode("a" + text) is [.., var last]) ids.Add(last);
        return ids;
    }

    /// <summary>Line breaks and ends, which XTC leaves in place.</summary>
    private static HashSet<int> Protected(SamplingScope scope) => Breakers(["\n"], scope);
}
