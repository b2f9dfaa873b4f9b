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
    };

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
        if (name is nameof(Xtc) or nameof(NoRepeatNGram) or nameof(RepetitionPenalty) or nameof(CountPenalties) or nameof(LogitBias) or nameof(Dry)) return;
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
        ];
        foreach ((SamplingSettings settings, string key) in wrong)
            Should.Throw<Formats.InvalidInputException>(settings.Validate).Message.ShouldStartWith(key);
    }

    [Fact]
    public void Every_numeric_setting_is_honoured()
    {
        // A setting away from its neutral value must add a processor: none may be dropped silently.
        var neutral = new SamplingSettings { Temperature = 1, TopP = 1 };
        SamplingPipeline.Create(neutral).ShouldBeEmpty();
        foreach (PropertyInfo property in typeof(SamplingSettings).GetProperties().Where(p => p.PropertyType == typeof(double) || p.PropertyType == typeof(int)))
        {
            if (property.Name is nameof(SamplingSettings.MaxNewTokens)) continue;
            SamplingSettings changed = neutral with { };
            property.SetValue(changed, property.PropertyType == typeof(int) ? (object)2 : 0.5);
            SamplingPipeline.Create(changed).Count.ShouldBe(1, property.Name);
        }
    }
}
