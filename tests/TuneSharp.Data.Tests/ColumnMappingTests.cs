using TuneSharp.Data.Rendering;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class ColumnMappingTests : IDisposable
{
    private const string Talks = "id,dialogue,summary\n1,\"A: Hello.\nB: Hi.\",They greet.\n2,A: Bye.,\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_UnknownColumns_ProposesAMapping()
    {
        string path = _folder.Write("talks.csv", Talks);
        string message = Should.Throw<InvalidInputException>(() => DatasetReader.Open(path).Read().Count()).Message;
        message.ShouldContain("'id', 'dialogue', 'summary'");
        message.ShouldContain("prompt_format: \"{dialogue}\" and answer_column: summary");
    }

    [Fact]
    public void Read_PromptFormat_FillsTheColumnsIn()
    {
        string path = _folder.Write("talks.csv", Talks);
        var problems = new List<DataProblem>();
        DatasetReader reader = DatasetReader.Open(path, new RowReading { PromptFormat = "Summarize {{this}}:\\n{dialogue}", AnswerColumn = "summary" });
        ConversationRow row = reader.Read(problems.Add).Cast<ConversationRow>().Single();
        row.Messages.Select(message => message.Content).ShouldBe(["Summarize {this}:\nA: Hello.\nB: Hi.", "They greet."]);
        problems.Single().Where.ShouldBe("talks.csv, row 2, line 4, column 11, field summary");
    }

    [Fact]
    public void Render_FormatWithTheAnswer_IsTheWholeText()
    {
        string path = _folder.Write("talks.jsonl", """{"dialogue": "Cats drink milk.", "summary": "milk"}""");
        var settings = new DataSettings { Dataset = path, PromptFormat = "### Talk:\n{dialogue}\n### Output:\n{summary}\n### End", AnswerColumn = "summary" };
        var renderer = new ExampleRenderer(TinyTokenizer.Instance, template: null, RenderingOptions.From(settings));
        DatasetRow row = DatasetReader.Open(path, RowReading.From(settings)).Read().Single();
        RenderedExample rendered = renderer.Render(row);
        rendered.Text.ShouldBe("### Talk:\nCats drink milk.\n### Output:\nmilk\n### End");
        rendered.Problems.ShouldBeEmpty();
        int[] learned = [.. rendered.Example.InputIds.Where((_, t) => rendered.Example.Labels[t] != TrainingExample.Ignored)];
        TinyTokenizer.Instance.Decode(learned, skipSpecialTokens: false).ShouldBe("milk\n### End<eos>");
        renderer.RenderPrompt([((ConversationRow)row).Messages[0]]).ShouldBe("### Talk:\nCats drink milk.\n### Output:\n");
    }

    [Theory]
    [InlineData("{a} and {b", "b", "not closed")]
    [InlineData("{a} and }", "b", "closing brace")]
    [InlineData("{a} and {}", "b", "empty braces")]
    [InlineData("nothing", "b", "names no column")]
    [InlineData("{b} {a} {b}", "b", "twice")]
    public void Parse_BrokenFormat_SaysWhatIsWrong(string format, string answer, string expected) =>
        Should.Throw<InvalidInputException>(() => ColumnMapping.Parse(format, answer)).Message.ShouldContain(expected);

    [Theory]
    [InlineData("{a}", null, "auto", "answer_column")]
    [InlineData(null, "b", "auto", "prompt_format")]
    [InlineData("{a}", "b", "alpaca", "format")]
    public void Validate_HalfAMapping_IsRefused(string? prompt, string? answer, string format, string key) =>
        Should.Throw<InvalidInputException>(() => new DataSettings { Dataset = "x", PromptFormat = prompt, AnswerColumn = answer, Format = format }.Validate()).Message.ShouldContain(key);

    [Fact]
    public void Read_MissingColumn_NamesTheRowsColumns()
    {
        string path = _folder.Write("talks.jsonl", """{"dialog": "x", "summary": "y"}""");
        Should.Throw<InvalidInputException>(() => DatasetReader.Open(path, new RowReading { PromptFormat = "{dialogue}", AnswerColumn = "summary" }).Read().Count())
            .Message.ShouldContain("There is no column 'dialogue'; the row has 'dialog', 'summary'.");
    }

    [Fact]
    public void Read_TextColumn_IsTheText()
    {
        string path = _folder.Write("pages.csv", "url,content\nx,Once upon a time.\n");
        DatasetReader.Open(path, new RowReading { TextColumn = "content" }).Read().Cast<TextRow>().Single().Text.ShouldBe("Once upon a time.");
    }
}
