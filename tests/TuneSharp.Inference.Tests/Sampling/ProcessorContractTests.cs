using System.Reflection;
using TuneSharp.Inference.Sampling;
using TuneSharp.Inference.Sampling.Processors;

namespace TuneSharp.Inference.Tests.Sampling;

/// <summary>What every processor keeps to, whatever it does.</summary>
public sealed class ProcessorContractTests
{
    private static readonly HashSet<int> None = [];

    private static readonly Dictionary<string, Func<ILogitsProcessor>> Catalog = new(StringComparer.Ordinal)
    {
        [nameof(Temperature)] = () => new Temperature(0.7),
        [nameof(TopK)] = () => new TopK(3),
        [nameof(TopP)] = () => new TopP(0.8),
        [nameof(MinP)] = () => new MinP(0.2),
        [nameof(Typical)] = () => new Typical(0.6),
        [nameof(EpsilonCutoff)] = () => new EpsilonCutoff(0.1),
        [nameof(EtaCutoff)] = () => new EtaCutoff(0.1),
        [nameof(TopNSigma)] = () => new TopNSigma(1),
        [nameof(TopA)] = () => new TopA(0.5),
        [nameof(RepetitionPenalty)] = () => new RepetitionPenalty(1.3),
        [nameof(CountPenalties)] = () => new CountPenalties(0.5, 0.25),
        [nameof(LogitBias)] = () => new LogitBias(new Dictionary<int, double> { [2] = -3 }),
        [nameof(NoRepeatNGram)] = () => new NoRepeatNGram(2),
        [nameof(Dry)] = () => new Dry(0.8, 1.75, 1, None),
        [nameof(Xtc)] = () => new Xtc(0.1, None, () => true),
        [nameof(TopH)] = () => new TopH(0.5),
        [nameof(TailFree)] = () => new TailFree(0.8),
        [nameof(DynamicTemperature)] = () => new DynamicTemperature(0.5, 1.5),
        [nameof(Quadratic)] = () => new Quadratic(0.3, 1.2),
        [nameof(EncoderRepetitionPenalty)] = () => new EncoderRepetitionPenalty(1.3),
        [nameof(EncoderNoRepeatNGram)] = () => new EncoderNoRepeatNGram(2),
        [nameof(SequenceBias)] = () => new SequenceBias([([2], 1.5), ([0, 2], -1)]),
        [nameof(BadWords)] = () => new BadWords([[0], [2, 0]], []),
        [nameof(MinLength)] = () => new MinLength(20, [2]),
        [nameof(MinNewTokens)] = () => new MinNewTokens(20, [2]),
        [nameof(AllowedTokens)] = () => new AllowedTokens([0, 2]),
        [nameof(ForcedBos)] = () => new ForcedBos(2),
        [nameof(ForcedEos)] = () => new ForcedEos([2], 5),
        [nameof(SuppressTokens)] = () => new SuppressTokens([0, 900]),
        [nameof(SuppressTokensAtBegin)] = () => new SuppressTokensAtBegin([0], 5),
        [nameof(ExponentialDecay)] = () => new ExponentialDecay(1, 1.2, [2]),
        [nameof(RemoveInvalid)] = () => new RemoveInvalid(),
        [nameof(Renormalise)] = () => new Renormalise(),
    };

    private static readonly string[] Cuts =
    [
        nameof(Temperature), nameof(DynamicTemperature), nameof(Quadratic), nameof(TopK), nameof(TopP), nameof(TopH), nameof(TopA), nameof(TailFree), nameof(MinP), nameof(Typical), nameof(EpsilonCutoff), nameof(EtaCutoff),
        nameof(TopNSigma), nameof(RemoveInvalid), nameof(Renormalise),
    ];

    public static TheoryData<string> Names() => [.. Catalog.Keys];

    [Fact]
    public void Every_processor_is_in_the_catalog()
    {
        IEnumerable<string> all = typeof(ILogitsProcessor).Assembly.GetTypes().Where(t => t.IsClass && typeof(ILogitsProcessor).IsAssignableFrom(t)).Select(t => t.Name);
        all.Order().ShouldBe(Catalog.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_input_gives_the_same_scores_and_some_token_is_left(string name)
    {
        ILogitsProcessor processor = Catalog[name]();
        var random = new Xoshiro256(7);
        for (int round = 0; round < 50; round++)
        {
            float[] scores = [.. Enumerable.Range(0, 9).Select(_ => (float)(random.NextDouble() * 12 - 6))];
            int[] ids = [.. Enumerable.Range(0, 8).Select(_ => (int)(random.NextUInt64() % 9))];
            float[] first = [.. scores], second = [.. scores];
            processor.Apply(new SamplingContext(ids, 3), first);
            processor.Apply(new SamplingContext(ids, 3), second);
            second.ShouldBe(first);
            first.ShouldContain(s => float.IsFinite(s));
            first.ShouldNotContain(s => float.IsNaN(s));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_ruled_out_stays_out_and_odd_vocabularies_work(string name)
    {
        // Its purpose is to let ruled-out tokens in again as a last resort.
        if (name == nameof(RemoveInvalid)) return;
        ILogitsProcessor processor = Catalog[name]();
        foreach (int vocabulary in (int[])[3, 4, 17, 257])
        {
            float[] scores = [.. Enumerable.Range(0, vocabulary).Select(i => (float)Math.Sin(i))];
            scores[1] = float.NegativeInfinity;
            processor.Apply(new SamplingContext([0, 2, 0, 2, 1000], 0), scores);
            scores[1].ShouldBe(float.NegativeInfinity);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_best_token_survives_where_the_paper_says_so(string name)
    {
        // Penalties, rules and biases may rule out the best; the others only cut what is behind it.
        if (!Cuts.Contains(name)) return;
        float[] scores = [0.1f, 4, -2, 3.9f, 0];
        Catalog[name]().Apply(new SamplingContext([1, 2], 0), scores);
        TokenSampler.Best(scores).ShouldBe(name == nameof(Typical) ? TokenSampler.Best(scores) : 1);
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused_by_name()
    {
        (SamplingSettings Settings, string Key)[] wrong =
        [
            (new() { Temperature = -1 }, "temperature"), (new() { Temperature = double.NaN }, "temperature"), (new() { TopP = 1.5 }, "top_p"), (new() { TopK = -1 }, "top_k"),
            (new() { MinP = 2 }, "min_p"), (new() { RepetitionPenalty = 0 }, "repetition_penalty"), (new() { MaxNewTokens = 0 }, "max_new_tokens"), (new() { Stop = [""] }, "stop"), (new() { Seed = -1 }, "seed"),
            (new() { NumBeams = 4 }, "num_beams"), (new() { NumReturnSequences = 2 }, "num_return_sequences"), (new() { Temperature = 0, NumBeams = 2, Logprobs = 1 }, "logprobs"), (new() { Logprobs = 21 }, "logprobs"),
            (new() { DynatempLow = 1 }, "dynatemp_low"), (new() { Temperature = 0, MirostatTau = 5 }, "mirostat_tau"), (new() { XtcProbability = 2 }, "xtc_probability"), (new() { ForcedEosTokenId = -1 }, "forced_eos_token_id"),
        ];
        foreach ((SamplingSettings settings, string key) in wrong)
            Should.Throw<Formats.InvalidInputException>(settings.Validate).Message.ShouldStartWith($"`{key}`");
    }

    [Fact]
    public void Every_setting_is_honoured()
    {
        // A setting away from its neutral value must add a processor, or change one that its main setting adds: none may be dropped silently.
        var neutral = new SamplingSettings { Temperature = 1, TopP = 1 };
        var scope = new SamplingScope([2], text => [.. text.Select(c => (c + 5) % 9)]);
        SamplingPipeline.Create(neutral, scope).ShouldBeEmpty();
        foreach (PropertyInfo property in typeof(SamplingSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && !Elsewhere.Contains(p.Name)))
        {
            SamplingSettings without = Companions.GetValueOrDefault(property.Name, neutral), changed = without with { };
            property.SetValue(changed, Away(property));
            changed.Validate();
            if (without == neutral) SamplingPipeline.Create(changed, scope).Count.ShouldBe(1, property.Name);
            else Scores(changed, scope).ShouldNotBe(Scores(without, scope), property.Name);
        }
    }

    /// <summary>Settings that are no processors: beams, limits, the draw itself. Their own tests are in Generation and Beams.</summary>
    private static readonly string[] Elsewhere =
    [
        nameof(SamplingSettings.MaxNewTokens), nameof(SamplingSettings.Seed), nameof(SamplingSettings.Stop), nameof(SamplingSettings.Logprobs), nameof(SamplingSettings.NumBeams), nameof(SamplingSettings.NumReturnSequences),
        nameof(SamplingSettings.LengthPenalty), nameof(SamplingSettings.EarlyStopping), nameof(SamplingSettings.MirostatTau), nameof(SamplingSettings.MirostatEta), nameof(SamplingSettings.DynatempLow), nameof(SamplingSettings.XtcProbability),
    ];

    private static readonly Dictionary<string, SamplingSettings> Companions = new(StringComparer.Ordinal)
    {
        [nameof(SamplingSettings.DynatempHigh)] = new() { Temperature = 1, TopP = 1, DynatempLow = 0.5, DynatempHigh = 0.6 },
        [nameof(SamplingSettings.DynatempExponent)] = new() { Temperature = 1, TopP = 1, DynatempLow = 0.5, DynatempHigh = 1.5 },
        [nameof(SamplingSettings.SmoothingCurve)] = new() { Temperature = 1, TopP = 1, SmoothingFactor = 0.3 },
        [nameof(SamplingSettings.XtcThreshold)] = new() { Temperature = 1, TopP = 1, XtcProbability = 1 },
        [nameof(SamplingSettings.PenalizePrompt)] = new() { Temperature = 1, TopP = 1, PresencePenalty = 1 },
        [nameof(SamplingSettings.DryBase)] = new() { Temperature = 1, TopP = 1, DryMultiplier = 1 },
        [nameof(SamplingSettings.DryAllowedLength)] = new() { Temperature = 1, TopP = 1, DryMultiplier = 1, DryAllowedLength = 1 },
        [nameof(SamplingSettings.DryRange)] = new() { Temperature = 1, TopP = 1, DryMultiplier = 1 },
        [nameof(SamplingSettings.DrySequenceBreakers)] = new() { Temperature = 1, TopP = 1, DryMultiplier = 1, DrySequenceBreakers = [] },
    };

    private static object Away(PropertyInfo property) => property.Name switch
    {
        nameof(SamplingSettings.DryBase) => 3.0,
        nameof(SamplingSettings.DryAllowedLength) => 3,
        // What is repeated lies farther back than three tokens.
        nameof(SamplingSettings.DryRange) => 3,
        // Id 5 of the repeated pair.
        nameof(SamplingSettings.DrySequenceBreakers) => (string[])["Z"],
        _ when property.PropertyType == typeof(double) => 0.7,
        _ when property.PropertyType == typeof(int) || property.PropertyType == typeof(int?) => 2,
        _ when property.PropertyType == typeof(bool) => true,
        _ when property.PropertyType == typeof(TokenIds) => new TokenIds([3]),
        _ when property.PropertyType == typeof(TokenSequences) => new TokenSequences([new TokenSequence("abc", null, 1)]),
        _ when property.PropertyType == typeof(LengthDecay) => new LengthDecay(2, 1.5),
        _ when property.PropertyType == typeof(IReadOnlyDictionary<int, double>) => new Dictionary<int, double> { [3] = 1 },
        _ => throw new NotSupportedException($"{property.Name} has a type that this test does not know."),
    };

    private static float[] Scores(SamplingSettings settings, SamplingScope scope)
    {
        float[] scores = [2, 1.9f, 0.5f, -1, 1, 1.8f, 0, 0.1f, 1.2f];
        // The pair 4 5 comes three times, the last one open: 4 would be a repetition of two and more.
        int[] ids = [4, 5, 7, 4, 5, 7, 4, 5];
        foreach (ILogitsProcessor step in SamplingPipeline.Create(settings, scope)) step.Apply(new SamplingContext(ids, 6), scores);
        return scores;
    }
}
