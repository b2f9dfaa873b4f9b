using TuneSharp.Application.Comparing;
using TuneSharp.Application.Measuring;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Formats;

namespace TuneSharp.Application.Tests.Measuring;

public sealed class MetricSelectionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-test-").FullName;

    [Fact]
    public void Names_AliasesAndSpaces()
    {
        MetricSelection selection = MetricSelection.Parse(" loss, ROUGE ,rouge_l, sacrebleu ,chrf++");
        selection.Loss.ShouldBe(["loss"]);
        selection.Answers.Select(metric => metric.Name).ShouldBe(["rouge", "bleu", "chrf++"]);
        MetricSelection.Parse("all").Answers.Count.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("rogue", "'rouge'")]
    [InlineData("perplexty", "'perplexity'")]
    [InlineData("exact-macth", "'exact_match'")]
    public void Unknown_NamesTheNearest(string given, string nearest) => Should.Throw<InvalidInputException>(() => MetricSelection.Parse($"loss,{given}")).Message.ShouldContain($"Did you mean {nearest}?");

    [Fact]
    public void Nothing_IsRefused() => Should.Throw<InvalidInputException>(() => MetricSelection.Parse(" , ")).Message.ShouldContain("names no metric");

    [Fact]
    public void File_ReadsWhatItWrote()
    {
        var result = new EvaluationResult("m", 2, 10, double.NaN, double.PositiveInfinity, 0.5, [new GeneratedAnswer("问", "答", " 答 "), new GeneratedAnswer("q", "r", "x")], 1)
        {
            Numbers = [new MeasuredNumber(new("loss"), double.NaN), new MeasuredNumber(new("f1"), 0.5)],
            RowMetric = "f1",
            RowScores = [1, 0],
        };
        EvaluationFile file = EvaluationFile.Of([result], new EvaluationRequest(new Data.DataSettings { Dataset = "d.jsonl" }), DateTimeOffset.UnixEpoch);
        string path = Path.Combine(_folder, "result.json");
        file.Write(path);
        EvaluationFile read = EvaluationFile.Read(path);
        read.Models[0].Numbers.Select(number => number.Value).ShouldBe([double.NaN, 0.5]);
        read.Models[0].FromWorst.ShouldBe([1, 0]);
        file.WriteAnswers(Path.Combine(_folder, "answers.jsonl"));
        File.ReadLines(Path.Combine(_folder, "answers.jsonl")).First().ShouldBe("""{"prompt":"问","predict":"答","label":"答","model":"m","score":1}""");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"version\": 1, \"models\": [null]}")]
    [InlineData("[1, 2]")]
    [InlineData("not json")]
    [InlineData("{\"version\": 99, \"models\": []}")]
    public void File_ThatIsNoMeasurement_IsRefused(string content)
    {
        string path = Path.Combine(_folder, "evaluation.json");
        File.WriteAllText(path, content);
        Should.Throw<InvalidInputException>(() => EvaluationFile.Read(path));
    }

    [Theory]
    [InlineData("p.txt", "one\n\n two \n", new[] { "one", "two" })]
    [InlineData("p.jsonl", "{\"prompt\": \"one\"}\n\"two\"\n", new[] { "one", "two" })]
    [InlineData("p.json", "[{\"question\": \"one\"}, {\"messages\": [{\"role\": \"user\", \"content\": \"two\"}]}]", new[] { "one", "two" })]
    [InlineData("rows.jsonl", "{\"instruction\": \"one\", \"input\": \"\", \"output\": \"a\"}\n{\"instruction\": \"two\", \"input\": \"\", \"output\": \"b\"}\n", new[] { "one", "two" })]
    public void Prompts_OfEachKindOfFile(string name, string content, string[] prompts)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        ComparisonPrompts.Read(new Data.DataSettings { Dataset = path }).Select(prompt => prompt.Question).ShouldBe(prompts);
        ComparisonPrompts.Read(new Data.DataSettings { Dataset = path }).Any(prompt => prompt.Reference is not null).ShouldBe(name == "rows.jsonl");
    }

    [Fact]
    public void Prompts_OfAnEmptyFile_AreRefused()
    {
        string path = Path.Combine(_folder, "p.txt");
        File.WriteAllText(path, "\n \n");
        Should.Throw<InvalidInputException>(() => ComparisonPrompts.Read(new Data.DataSettings { Dataset = path })).Message.ShouldContain("no prompt");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
