using TuneSharp.Data.Checking;
using TuneSharp.Formats;

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
