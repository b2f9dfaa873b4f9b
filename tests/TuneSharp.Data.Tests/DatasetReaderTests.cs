using System.Text;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class DatasetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Row(int i) => $$"""{"instruction": "Question {{i}}?", "output": "Answer {{i}}."}""";

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-32", true)]
    public void Read_EveryEncoding_GivesTheSameTexts(string encoding, bool mark)
    {
        Encoding e = Encoding.GetEncoding(encoding);
        byte[] text = e.GetBytes("""[{"instruction": "Größe 山 🐄?", "output": "groß"}]""");
        DatasetReader reader = DatasetReader.Open(_folder.Write("rows.json", mark ? [.. e.GetPreamble(), .. text] : text));
        ConversationRow row = reader.Read().Single().ShouldBeOfType<ConversationRow>();
        row.Messages[0].Content.ShouldBe("Größe 山 🐄?");
        reader.FormatName.ShouldBe("alpaca");
        reader.Reason.ShouldContain("\"instruction\" and \"output\"");
    }

    [Fact]
    public void Read_WithoutAReport_StopsAtTheFirstBrokenRowWithItsPlace()
    {
        string path = _folder.Write("rows.jsonl", Row(1) + "\n\n" + """{"instruction": "x", "output": NaN}""" + "\n" + Row(2));
        var e = Should.Throw<InvalidInputException>(() => DatasetReader.Open(path).Read().ToList());
        e.Message.ShouldContain("rows.jsonl, row 2, line 3, column 32");
        e.Message.ShouldContain("NaN");
    }

    [Fact]
    public void Read_LinesAcrossBufferBounds_KeepsNumbersAndLines()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 3000; i++) text.Append(Row(i)).Append(i % 7 == 0 ? "\r\n\r\n" : "\n");
        text.Append("""{"instruction": "big", "output": """).Append('"').Append('a', 300_000).Append("\"}\n{oops}\n").Append(Row(3001));
        var problems = new List<DataProblem>();
        List<DatasetRow> rows = [.. DatasetReader.Open(_folder.Write("rows.jsonl", text.ToString())).Read(problems.Add)];
        rows.Count.ShouldBe(3002);
        DataProblem broken = problems.Single(p => p.Severity == ProblemSeverity.Error);
        broken.Row.ShouldBe(3002);
        broken.Line.ShouldBe(3000 + 429 + 2);
        broken.Column.ShouldBe(2);
        rows[^1].Source.Row.ShouldBe(3003);
    }

    [Fact]
    public void Read_ListAcrossBufferBounds_EqualsLines()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(Row)];
        string list = _folder.Write("rows.json", "[\n" + string.Join(" ,\n", lines) + "\n]\n");
        string jsonl = _folder.Write("rows.jsonl", string.Join('\n', lines));
        DatasetReader.Open(list).Read().Select(r => ((ConversationRow)r).Messages[1].Content)
            .ShouldBe(DatasetReader.Open(jsonl).Read().Select(r => ((ConversationRow)r).Messages[1].Content));
        DatasetReader.Open(list).Layout.ShouldBe(FileLayout.JsonList);
    }

    [Fact]
    public void Read_RowBrokenOverTwoLines_CostsThatRowOnly()
    {
        string path = _folder.Write("rows.jsonl", "{\"instruction\": \"a\", \"output\": \"first\nsecond\nthird\"}\n" + Row(1) + "\n");
        var problems = new List<DataProblem>();
        DatasetReader.Open(path).Read(problems.Add).Single().Source.ShouldBe(new RowSource(path, 2, 4));
        problems.Single().Why.ShouldContain("line break");
    }

    [Theory]
    [InlineData("rows.xls", "a,b", "Save it as .xlsx")]
    [InlineData("README.md", "[![badge](x)](y)\n# Title", "'.md' are no datasets")]
    [InlineData("rows.pkl", "x", "never read")]
    [InlineData("rows.jsonl.gz", "xx", "Unpack it first.")]
    [InlineData("rows.bin", "abc", "are no datasets")]
    [InlineData("rows.json", "   \n ", "only blanks")]
    [InlineData("rows.jsonl", "", "is empty")]
    public void Open_FileThatIsNoDataset_SaysWhatToDo(string name, string text, string expected) =>
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(_folder.Write(name, text))).Message.ShouldContain(expected);

    [Theory]
    [InlineData("missing.jsonl")]
    [InlineData(".")]
    [InlineData("/dev/zero")]
    [InlineData("/proc/self/mem")]
    public void Open_NoRegularFile_IsRefused(string name) =>
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(System.IO.Path.Combine(_folder.Path, name)).Read().ToList());

    [Fact]
    public void Read_PreferenceRows_AreNeverMistakenForAnswers()
    {
        string path = _folder.Write("rows.json", """[{"instruction": "a", "output": "o", "chosen": "b", "rejected": "c"}]""");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path).Read().ToList()).Message.ShouldContain("preference");
    }

    [Fact]
    public void Open_GivenFormat_IsUsedWhateverTheKeysSay()
    {
        string path = _folder.Write("rows.jsonl", """{"instruction": "a", "output": "o", "text": "whole"}""");
        DatasetReader.Open(path, "text").Read().Single().ShouldBeOfType<TextRow>().Text.ShouldBe("whole");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path, "messages").Read().ToList()).Message.ShouldContain("\"messages\" is missing");
    }

    [Fact]
    public void Resolve_Folder_FindsThePartsAndRefusesTwoOfAKind()
    {
        Should.Throw<InvalidInputException>(() => DatasetFiles.Resolve(new DataSettings { Dataset = _folder.Path })).Message.ShouldContain("train");
        string train = _folder.Write("train.jsonl", Row(1)), validation = _folder.Write("valid.jsonl", Row(2));
        DatasetFiles.Resolve(new DataSettings { Dataset = _folder.Path }).ShouldBe(new DatasetFiles(train, validation, null));
        _folder.Write("dev.json", "[]");
        Should.Throw<InvalidInputException>(() => DatasetFiles.Resolve(new DataSettings { Dataset = _folder.Path })).Message.ShouldContain("valid.jsonl");
    }
}
