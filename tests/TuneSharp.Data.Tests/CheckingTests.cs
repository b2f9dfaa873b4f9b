using System.Text;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Tests;

public sealed class CheckingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LengthReport_CountsPercentilesAndLimits()
    {
        var report = new LengthReport(Enumerable.Range(1, 100).Reverse());
        (report.Count, report.Shortest, report.Longest, report.Total, report.Mean).ShouldBe((100, 1, 100, 5050L, 50.5));
        (report.Percentile(0), report.Percentile(0.5), report.Percentile(0.95), report.Percentile(0.991), report.Percentile(1)).ShouldBe((1, 50, 95, 100, 100));
        (report.LongerThan(0), report.LongerThan(99), report.LongerThan(100)).ShouldBe((100, 1, 0));
        report.Histogram().ShouldBe([.. Enumerable.Range(1, 10).Select(i => (i * 10, 10))]);
        report.Histogram().Sum(step => step.Rows).ShouldBe(100);
    }

    [Fact]
    public void LengthReport_Advice_NamesTheCost()
    {
        new LengthReport([10, 20, 30]).Advice(1024).ShouldContain("nothing is cut");
        new LengthReport(Enumerable.Repeat(100, 999).Append(2000)).Advice().ShouldContain("max_length: 104 keeps 99 % of the rows whole (1 are longer)");
        new LengthReport([10, 3000]).Advice(1024).ShouldContain("1 of 2 rows are longer than the model's context");
        new LengthReport([]).Advice().ShouldBe("There are no rows.");
        new LengthReport([]).Histogram().ShouldBeEmpty();
    }

    [Fact]
    public void Check_BrokenInTheMiddle_UsesNoRow()
    {
        string path = _folder.Write("rows.json", """[{"instruction": "a", "output": "b"}, {"instruction": "c", "output": "d",}]""");
        DatasetCheck check = DatasetCheck.Run(path);
        (check.Format, check.Rows, check.Lengths.Count, check.IsClean).ShouldBe(("unreadable", 0L, 0, false));
        check.Problems.Kept.Single().Column.ShouldBe(73);
    }

    [Fact]
    public void Check_ManyProblemsOfAKind_AreAllCountedAndFewKept()
    {
        string path = _folder.Write("rows.jsonl", string.Concat(Enumerable.Range(0, 500).Select(i => $$"""{"instruction": "{{i}}", "output": ""}""" + "\n")) + """{"instruction": "a", "output": "b"}""");
        DatasetCheck check = DatasetCheck.Run(path);
        check.Problems.Errors.ShouldBe(500);
        check.Problems.Kept.Count.ShouldBe(50);
        check.Rows.ShouldBe(1);
    }

    [Fact]
    public void Check_WithATokenizer_CountsTokensAndFindsWhatCannotBeLearned()
    {
        string path = _folder.Write("rows.jsonl", """
            {"messages": [{"role": "user", "content": "What do cows eat?"}, {"role": "assistant", "content": "Grass."}]}
            {"messages": [{"role": "user", "content": "refuse"}, {"role": "assistant", "content": "x"}]}
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "hidden"}]}
            """);
        var template = ChatTemplate.Parse("{% if messages[0]['content'] == 'refuse' %}{{ raise_exception('no') }}{% endif %}{% for m in messages %}{% if m['content'] != 'hidden' %}{{ m['content'] }}{% endif %}<eos>{% endfor %}");
        DatasetCheck check = DatasetCheck.Run(path, renderer: new ExampleRenderer(TinyTokenizer.Instance, template), threads: 2);
        check.Rows.ShouldBe(2);
        check.LengthUnit.ShouldBe("tokens");
        check.Problems.Kept.Select(p => (p.Kind, p.Row)).ShouldContain((ProblemKind.Template, 2));
        check.LearnedTokens.ShouldBeGreaterThan(1);

        DatasetCheck cut = DatasetCheck.Run(_folder.Write("one.jsonl", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "hidden"}]}"""),
            renderer: new ExampleRenderer(TinyTokenizer.Instance, ChatTemplate.Parse("{{ messages[0]['content'] }}")));
        (cut.Rows, cut.IsClean, cut.Problems.Kept[0].Kind).ShouldBe((0L, false, ProblemKind.NothingToLearn));
    }

    /// <summary>A thousand damaged copies of good files: a verdict or an input error each time, never another exception.</summary>
    [Fact]
    public void Check_DamagedFiles_NeverThrowAnythingElse()
    {
        byte[][] files =
        [
            Encoding.UTF8.GetBytes("""[{"instruction": "é", "input": "", "output": "b\n"},""" + "\n" + """ {"instruction": "c", "output": "d", "history": [["q", "a"]]}]"""),
            Encoding.UTF8.GetBytes("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]}""" + "\r\n\r\n{\"text\": \"x\"}"),
            [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("""{"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}""")],
        ];
        var random = new Random(17);
        for (int n = 0; n < 1000; n++)
        {
            List<byte> bytes = [.. files[n % files.Length]];
            for (int k = random.Next(1, 4); k > 0; k--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes.RemoveAt(at); break;
                    case 2: bytes.Insert(at, (byte)"{}[],:\"\\\n\0"[random.Next(10)]); break;
                    default: bytes.RemoveRange(at, Math.Min(bytes.Count - at - 1, random.Next(20))); break;
                }
            }
            string path = _folder.Write(n % 2 == 0 ? "x.json" : "x.jsonl", [.. bytes]);
            try
            {
                DatasetCheck check = DatasetCheck.Run(path);
                (check.Rows > 0 || check.Problems.Errors > 0).ShouldBeTrue($"case {n}");
                foreach (DataProblem problem in check.Problems.Kept) problem.ToString().ShouldEndWith(".");
            }
            catch (InvalidInputException e)
            {
                e.Message.ShouldContain(".");
            }
        }
    }

    [Fact]
    public void Check_MissingFile_Throws() => Should.Throw<InvalidInputException>(() => DatasetCheck.Run(System.IO.Path.Combine(_folder.Path, "no.jsonl")));

    [Theory]
    [InlineData("val_size")]
    [InlineData("max_length")]
    [InlineData("block_size")]
    [InlineData("dataset")]
    [InlineData("format")]
    [InlineData("max_samples")]
    public void Settings_OutOfRange_NameTheKey(string key)
    {
        DataSettings good = new() { Dataset = "x.jsonl" };
        good.Validate();
        DataSettings bad = key switch
        {
            "val_size" => good with { ValSize = 0.6, TestSize = 0.4 },
            "max_length" => good with { MaxLength = 1 },
            "block_size" => good with { BlockSize = 0 },
            "dataset" => good with { Dataset = " " },
            "format" => good with { Format = "xml" },
            _ => good with { MaxSamples = 0 },
        };
        Should.Throw<InvalidInputException>(bad.Validate).Where.ShouldBe(key);
        Should.Throw<InvalidInputException>((good with { ValSize = double.NaN }).Validate);
        Should.Throw<InvalidInputException>((good with { ValSize = 1.5 }).Validate);
    }
}
