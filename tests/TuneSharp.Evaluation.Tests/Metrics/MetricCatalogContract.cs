using TuneSharp.Evaluation.Metrics;

namespace TuneSharp.Evaluation.Tests.Metrics;

/// <summary>What every entry of the catalog must hold to, whatever it measures.</summary>
public sealed class MetricCatalogContract
{
    private static readonly ScoredAnswer[] s_english =
    [
        new("The cat sat on the mat.", ["The cat is on the mat."]), new("It rains, and it rains again today.", ["It rains again today and tomorrow.", "It will rain."]), new("no", ["Nobody came home at all."]),
    ];

    private static readonly ScoredAnswer[] s_chinese = [new("今天天气很好，我们去公园。", ["今天天气不错，我们去公园玩。"]), new("他没有来上班。", ["他昨天没来。", "他没有来。"]), new("好", ["明天一定会下雨"])];

    public static TheoryData<string> Names => [.. MetricCatalog.All.Select(metric => metric.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryMetric_HoldsTheContract(string name)
    {
        Metric metric = MetricCatalog.Find(name).ShouldNotBeNull();
        metric.Description.ShouldEndWith(".");
        metric.Chinese.ShouldEndWith("。");
        metric.Numbers.ShouldNotBeEmpty();
        foreach ((ScoredAnswer[] rows, TextLanguage language) in ((ScoredAnswer[], TextLanguage)[])[(s_english, TextLanguage.English), (s_chinese, TextLanguage.Chinese)])
        {
            IReadOnlyList<double> all = metric.OfAll(rows, language);
            all.Count.ShouldBe(metric.Numbers.Count);
            all.ShouldAllBe(value => double.IsFinite(value) && value >= 0);
            for (int i = 0; i < all.Count; i++)
            {
                // Error rates may pass 1, everything else that is a share may not.
                if (metric.Numbers[i] is { Scale: MetricScale.Share, HigherIsBetter: true }) all[i].ShouldBeLessThanOrEqualTo(1);
            }
            metric.OfAll(rows, language).ShouldBe(all, "the same answers give the same numbers");
            if (metric.OfOne is { } one) rows.ShouldAllBe(row => double.IsFinite(one(row, language)) && one(row, language) >= 0);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryMetric_KnowsAPerfectAnswerAndAWrongOne(string name)
    {
        Metric metric = MetricCatalog.Find(name)!;
        if (metric.Numbers[0].HigherIsBetter is not { } higher || metric.OfOne is null || name == "repetition") return; // not measured against a reference
        foreach ((string text, string other, TextLanguage language) in ((string, string, TextLanguage)[])[("The quick fox jumped over the lazy dog.", "Nothing else matters", TextLanguage.English), ("今天天气很好，我们去公园玩。", "明日下雨", TextLanguage.Chinese)])
        {
            double perfect = metric.OfAll([new ScoredAnswer(text, [text])], language)[0], wrong = metric.OfAll([new ScoredAnswer(other, [text])], language)[0];
            double best = !higher ? 0 : metric.Numbers[0].Scale == MetricScale.Hundred ? 100 : 1;
            // squad_* knows no Chinese punctuation, which does not matter for equal texts; rouge_chinese has 1e-8 in its F.
            perfect.ShouldBe(best, 1e-7, $"{name}, {language}");
            if (higher) wrong.ShouldBeLessThan(0.3 * best, $"{name}, {language}");
            else wrong.ShouldBeGreaterThan(0.5, $"{name}, {language}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryMetric_TakesEmptyTextsAndStrangeCharacters(string name)
    {
        Metric metric = MetricCatalog.Find(name)!;
        string[] strange = ["", " ", "\n\n", "。", "\ud800", "😀😀", "\u0000", "a\u0301", "ＡＢＣ", new string('x', 500)];
        foreach (TextLanguage language in (TextLanguage[])[TextLanguage.English, TextLanguage.Chinese])
        {
            foreach (string answer in strange)
            {
                foreach (string reference in strange)
                    metric.OfAll([new ScoredAnswer(answer, [reference])], language).ShouldAllBe(value => double.IsFinite(value), $"{name} of {answer.Length} and {reference.Length} characters");
            }
        }
    }

    [Fact]
    public void Auto_DividesEachRowByItsOwnLanguage()
    {
        Metric rouge = MetricCatalog.Find("rouge")!;
        double both = rouge.OfAll([s_english[0], s_chinese[0]], TextLanguage.Auto)[2];
        both.ShouldBe((rouge.OfOne!(s_english[0], TextLanguage.English) + rouge.OfOne(s_chinese[0], TextLanguage.Chinese)) / 2, 1e-12);
    }

    [Fact]
    public void Names_AreUnique() => MetricCatalog.Names.ShouldBeUnique();

    [Theory]
    [InlineData("The Grand Hotel 北京 is open", false)]
    [InlineData("今天天气很好 OK", true)]
    [InlineData("", false)]
    public void Language_IsThatOfMostUnits(string text, bool chinese) => MetricCatalog.LanguageOf([text]).ShouldBe(chinese ? TextLanguage.Chinese : TextLanguage.English);
}
