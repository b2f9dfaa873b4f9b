using System.Xml;
using System.Xml.Linq;
using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Reports;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Inference.Sampling;
using TuneSharp.Models.Settings;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Tests.Reports;

/// <summary>The report is read in a browser, and what it shows comes from models and datasets of anybody.</summary>
public sealed class RunReportTests : IDisposable
{
    private const string Hostile = "</td></table><script>alert(1)</script><img src=x onerror=\"alert('2')\">&lt;b&gt;\u0000\u202Egnp.exe\" style=\"x\" ' <!-- ]]> \ud800";

    private static readonly string[] s_elements =
        ["html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "div", "span", "b", "section", "table", "thead", "tbody", "tr", "th", "td", "article", "figure", "figcaption", "svg", "line", "rect", "text", "polyline", "circle", "details", "summary", "footer"];

    private static readonly string[] s_attributes = ["lang", "charset", "name", "content", "http-equiv", "class", "viewBox", "role", "aria-label", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "points", "text-anchor", "width", "height", "fill-opacity", "transform"];

    private readonly TemporaryHome _home = new();
    private readonly TimeProvider _clock = TimeProvider.System;

    [Theory]
    [InlineData(ReportLanguage.English)]
    [InlineData(ReportLanguage.Chinese)]
    public void Page_OfHostileTexts_HasNoElementOfTheirs(ReportLanguage language)
    {
        RunFolder run = MakeRun(Hostile);
        Evaluation(Hostile).Write(run.Evaluation);
        string page = File.ReadAllText(new WriteRunReport(_clock).Execute(run, language));

        XDocument parsed = Parse(page);
        parsed.Descendants().Select(element => element.Name.LocalName).Distinct().ShouldBeSubsetOf(s_elements);
        parsed.Descendants().Attributes().Select(attribute => attribute.Name.LocalName).Distinct().ShouldBeSubsetOf(s_attributes);
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        page.ShouldNotContain("\u0000");
        page.ShouldNotContain("\u202E");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        foreach (string reference in (string[])["http://", "https://", "url(", "@import", "src=", "href="])
            page.Replace("&lt;img src=x", "", StringComparison.Ordinal).ShouldNotContain(reference, Case.Insensitive);
        page.ShouldContain("default-src &#39;none&#39;");
    }

    [Fact]
    public void Page_ShowsCurvesMeasurementsAnswersAndSettings()
    {
        RunFolder run = MakeRun("rows.jsonl");
        Evaluation("who?").Write(run.Evaluation);
        XDocument page = Parse(File.ReadAllText(new WriteRunReport(_clock).Execute(run, ReportLanguage.English)));
        page.Descendants("svg").Count().ShouldBe(4);
        page.Descendants("polyline").Count().ShouldBeGreaterThanOrEqualTo(5, "the step without a loss parts its curve");
        string text = page.Root!.Value;
        foreach (string shown in (string[])["2.000 → 1.0", "0.9000", "rouge1", "+40.0", "who?", "learning_rate", "0.001", "avx9", "Worst rows by rougeL", "One step was skipped."]) text.ShouldContain(shown);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(77)]
    public void Page_OfAClassifier_ShowsClassesConfusionAndMistakes(int classes)
    {
        RunFolder run = MakeRun("rows.csv");
        Classifier(Hostile, classes).Write(run.Evaluation);
        XDocument page = Parse(File.ReadAllText(new WriteRunReport(_clock).Execute(run, ReportLanguage.English)));
        page.Descendants().Select(element => element.Name.LocalName).Distinct().ShouldBeSubsetOf(s_elements);
        page.Descendants().Attributes().Select(attribute => attribute.Name.LocalName).Distinct().ShouldBeSubsetOf(s_attributes);
        page.Descendants("rect").Count(cell => (string?)cell.Attribute("class") == "right").ShouldBe(classes);
        page.Descendants("rect").Count(cell => (string?)cell.Attribute("class") == "wrong").ShouldBe(1);
        foreach (XElement cell in page.Descendants("rect"))
        {
            (double x, double y, double side) = ((double)cell.Attribute("x")!, (double)cell.Attribute("y")!, (double)cell.Attribute("width")!);
            (x + side).ShouldBeLessThanOrEqualTo(640);
            side.ShouldBeGreaterThan(0);
            y.ShouldBeGreaterThanOrEqualTo(0);
        }
        string text = page.Root!.Value;
        foreach (string shown in (string[])["macro average", "most frequent mistakes", "rows that it got wrong (1 of 2)", "class 1", "83.3"]) text.ShouldContain(shown);
        text.ShouldNotContain("Worst rows");
    }

    [Fact]
    public void Page_OfARunThatDidNotBegin_IsWritten()
    {
        RunFolder run = MakeRun("rows.jsonl", begun: false);
        string page = File.ReadAllText(new WriteRunReport(_clock).Execute(run, ReportLanguage.Chinese));
        Parse(page).Descendants("svg").ShouldBeEmpty();
        page.ShouldContain("尚未评估");
        page.ShouldContain("lang=\"zh-CN\"");
    }

    [Theory]
    [InlineData(0, 1, 5)]
    [InlineData(0.3616, 9.0565, 5)]
    [InlineData(-3e-9, 7e-9, 4)]
    [InlineData(1, 60, 7)]
    [InlineData(1e6, 5e6, 5)]
    public void Ticks_AreRoundAndWithin(double from, double to, int about)
    {
        IReadOnlyList<double> ticks = LineChart.Ticks(from, to, about);
        ticks.Count.ShouldBeInRange(2, 2 * about);
        double step = ticks[1] - ticks[0];
        double mantissa = step / Math.Pow(10, Math.Floor(Math.Log10(step * 1.0000001)));
        new[] { 1.0, 2, 5 }.ShouldContain(round => Math.Abs(mantissa - round) < 1e-6);
        ticks.ShouldAllBe(tick => tick >= from - step * 1e-6 && tick <= to + step * 1e-6);
    }

    [Fact]
    public void Thin_KeepsThePeaks()
    {
        (double X, double Y)[] points = [.. Enumerable.Range(0, 20_000).Select(i => ((double)i, i == 7777 ? 50.0 : i == 12_345 ? double.NaN : Math.Sin(i)))];
        IReadOnlyList<(double X, double Y)> thin = LineChart.Thin(points);
        thin.Count.ShouldBeLessThanOrEqualTo(500);
        thin.Max(point => point.Y).ShouldBe(50);
        thin.Select(point => point.X).ShouldBeInOrder();
    }

    public void Dispose() => _home.Dispose();

    private static XDocument Parse(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static EvaluationFile Evaluation(string text)
    {
        static MeasuredValue Share(string name, double value) => new(name, value, MetricScale.Share, true);
        MeasuredModel Model(string name, double rouge) => new(name, 2, 20, 0, TextLanguage.English, TimeSpan.FromSeconds(1), [new MeasuredValue("loss", double.NaN, MetricScale.Plain, false), Share("rouge1", rouge)], "rougeL", true,
            [new MeasuredAnswer(text, text, text, 0.25), new MeasuredAnswer("q", "r", "", 1)]);
        return new EvaluationFile(EvaluationFile.CurrentVersion, DateTimeOffset.UnixEpoch, text.Replace('/', '_'), SamplingSettings.Greedy(8), [Model($"base {text}", 0.2), Model("tuned", 0.6)]);
    }

    private static EvaluationFile Classifier(string text, int classes)
    {
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(i => Enumerable.Range(0, classes).Select(j => i == j ? 5 : i == 0 && j == 1 ? 1 : 0).ToArray())];
        MeasuredClass[] each = [.. Enumerable.Range(0, classes).Select(i => new MeasuredClass(i == 0 ? text : $"class {i}", 1, 5.0 / 6, 0.9, 6, 5))];
        var measured = new MeasuredClasses(ProblemType.SingleLabelClassification, each, [new MeasuredClass("macro", 1, 0.8, 0.9, 12, 12)], confusion);
        var model = new MeasuredModel($"tuned {text}", 2, 0, 0, TextLanguage.Auto, TimeSpan.FromSeconds(1), [new MeasuredValue("accuracy", 0.5, MetricScale.Share, true)], "accuracy", true,
            [new MeasuredAnswer(text, text, text, 1), new MeasuredAnswer(text, text, "class 1", 0)], measured);
        return new EvaluationFile(EvaluationFile.CurrentVersion, DateTimeOffset.UnixEpoch, "test.csv", null, [model]);
    }

    private RunFolder MakeRun(string text, bool begun = true)
    {
        string path = text.Replace("\ud800", "", StringComparison.Ordinal); // no path can hold half a character
        FineTuneRequest request = new() { Model = new ModelSettings { ModelNameOrPath = $"/models/{path}" }, Data = new DataSettings { Dataset = $"/data/{path}" } };
        request = request with { Training = request.Training with { LearningRate = 0.001 } };
        RunFolder run = RunFolder.Create(_home.Home, "test", "lora", _clock, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "recipe.resolved.yaml"), ResolvedRecipe.Write(request));
            RunStatus.New(RunKind.FineTune, _clock).Write(Path.Combine(folder, "state.json"));
        });
        if (!begun) return run;
        using (EventLog log = EventLog.Open(run, _clock))
        {
            log.Append(new Prepared(90, 10, 0, 128, "float32", "bfloat16", 2, $"90 rows. {text}"));
            log.Append(new Started(40, 1, 90, 10, 1000, 9000, 0));
            for (int step = 1; step <= 40; step++)
                log.Append(new StepCompleted(step, 40, step / 40.0, step == 20 ? double.NaN : step <= 4 ? 2 : 1, 0.001, 0.5 + step, 100, step * 64, 1 << 28, null, step == 20));
            log.Append(new Warning(20, "non_finite_step", $"One step was skipped. {text}"));
            log.Append(new EvalCompleted(20, 0.5, 0.95, 100, true, TimeSpan.FromSeconds(1)));
            log.Append(new EvalCompleted(40, 1, 0.9, 100, true, TimeSpan.FromSeconds(1)));
        }
        new RunManifest(RunManifest.CurrentVersion, DateTimeOffset.UnixEpoch, new Dictionary<string, string> { [text] = "ab12" }, "cd34", new ProgramIdentity("0.1.0", "0123456789abcdef"), new Dictionary<string, string> { ["libtorch"] = text },
            new MachineDescription(text, "Linux", $"processor {text}", "avx9", 2, 1L << 34), 2, "bfloat16", "float32", 42).Write(run);
        return run;
    }
}
