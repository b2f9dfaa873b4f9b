using TuneSharp.Data.PreTraining;
using TuneSharp.Data.Prompts;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class PromptFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Learned(TrainingExample e) => TinyTokenizer.Instance.Decode([.. e.InputIds.Where((_, t) => e.Labels[t] != TrainingExample.Ignored)], skipSpecialTokens: false);

    private (List<RenderedExample> Rows, List<DataProblem> Problems) Render(string lines, DataSettings settings)
    {
        settings = settings with { Dataset = _folder.Write("rows.jsonl", lines) };
        settings.Validate();
        var problems = new List<DataProblem>();
        var renderer = new ExampleRenderer(TinyTokenizer.Instance, null, RenderingOptions.From(settings));
        return ([.. DatasetReader.Open(settings.Dataset!, RowReading.From(settings)).Read(problems.Add).Select(renderer.Render)], problems);
    }

    [Fact]
    public void Render_ShippedFormat_TakesTheKeyThatNamesTheFields()
    {
        (List<RenderedExample> rows, List<DataProblem> problems) = Render(
            """
            {"instruction": "Name it.", "input": "grass", "output": "green"}
            {"instruction": "Name it.", "input": "  ", "output": "green"}
            {"instruction": "Name it.", "output": "green", "id": "7"}
            """, new DataSettings { Template = "alpaca-chatbot-format", TrainOnlyAfter = "Assistant: " });
        rows.Select(row => row.Text).ShouldBe(["User: Name it.: grass\nAssistant: green", "User: Name it.\nAssistant: green"]);
        rows.Select(row => Learned(row.Example)).ShouldBe(["green<eos>", "green<eos>"]);
        problems.Single().ToString().ShouldContain("names exactly the fields 'instruction', 'output', 'id'. Remove 'id'");
    }

    [Fact]
    public void Render_OwnFormatFile_WithoutMarkerIsLearnedWhole()
    {
        string path = _folder.Write("mine.json", "\uFEFF{\"q,a\": \"Q %q% A %a%\"}");
        (List<RenderedExample> rows, List<DataProblem> problems) = Render("""{"a": "milk", "q": "cats?"}""", new DataSettings { Template = path, TrainOnlyAfter = "@@" });
        rows.Single().Text.ShouldBe("Q cats? A milk");
        Learned(rows.Single().Example).ShouldBe("Q cats? A milk<eos>");
        problems.Single().Kind.ShouldBe(ProblemKind.NoMarker);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"a\"")]
    public void Load_NoFormatFile_SaysHowOneLooks(string json) =>
        Should.Throw<InvalidInputException>(() => PromptFormatFile.Load(_folder.Write("bad.json", json))).Message.ShouldContain("%instruction%");

    [Fact]
    public void Render_TextsWithAMarker_LearnWhatFollows()
    {
        const string lines = """{"text": "Q: cats? A: milk"}""";
        Learned(Render(lines, new DataSettings { TrainOnlyAfter = "A:" }).Rows.Single().Example).ShouldBe(" milk<eos>");
        Learned(Render(lines, new DataSettings()).Rows.Single().Example).ShouldBe("Q: cats? A: milk<eos>");
        Should.Throw<InvalidInputException>(() => Render(lines, new DataSettings { TrainOnlyAfter = "A:", ResponseTemplate = "A:" })).Message.ShouldContain("one of the two");
    }

    [Fact]
    public void Labels_ResponseTemplate_TakesTheLastOccurrence()
    {
        ResponseTemplateMask.Labels([1, 2, 3, 1, 2, 4, 5], [1, 2]).ShouldBe([-100, -100, -100, -100, -100, 4, 5]);
        ResponseTemplateMask.Labels([1, 2, 3], [9]).ShouldBe([-100, -100, -100]);
        RenderedExample rendered = Render("""{"text": "milk<|im_end|>grass<|im_end|>hay"}""", new DataSettings { ResponseTemplate = "<|im_end|>" }).Rows.Single();
        Learned(rendered.Example).ShouldBe("hay<eos>");
    }

    [Fact]
    public void Render_TokenizedApart_PutsEachSideTogetherItself()
    {
        var row = (ConversationRow)FixedPrompt.Row(new RowSource("x", 1, 1), "The cat sat", "The ca");
        RenderedExample apart = new ExampleRenderer(TinyTokenizer.Instance, null, new RenderingOptions { WholeText = true, TokenizeApart = true }).Render(row);
        apart.Example.InputIds.ShouldBe([.. TinyTokenizer.Instance.EncodeIds("The ca"), .. TinyTokenizer.Instance.EncodeIds("t sat"), TinyTokenizer.Instance.SpecialTokens.Eos!.Id]);
        Learned(apart.Example).ShouldBe("t sat<eos>");
        RenderedExample together = new ExampleRenderer(TinyTokenizer.Instance, null, new RenderingOptions { WholeText = true }).Render(row);
        together.Example.InputIds[..^1].ShouldBe(TinyTokenizer.Instance.EncodeIds("The cat sat"));
    }

    [Fact]
    public void Chunks_EndAtLineBreaksAndKeepHardCuts()
    {
        string text = string.Concat(Enumerable.Range(0, 40).Select(i => $"The cat {i} sat on the grass.\n")) + "\n\n\n\nx\n\n\n\nCats drink milk.";
        var options = new TextChunkOptions { BlockSize = 48, Overlap = 8, NewlineFavorLen = 60, HardCut = "\n\n\n", MinChars = 3 };
        string[] chunks = [.. TextChunks.Cut(text, TinyTokenizer.Instance, options).Select(block => TinyTokenizer.Instance.Decode(block.InputIds, skipSpecialTokens: false))];
        chunks.ShouldAllBe(chunk => chunk.StartsWith("The cat", StringComparison.Ordinal) || chunk.Contains("milk", StringComparison.Ordinal));
        chunks[^1].ShouldEndWith("Cats drink milk.<eos>");
        chunks.ShouldNotContain(chunk => chunk.Contains('x'));
        Should.Throw<InvalidInputException>(() => TextChunks.Cut(text, TinyTokenizer.Instance, options with { Overlap = 48 })).Message.ShouldContain("leaves no step");
        TextChunks.Trim("a\nbbbb\nc", 3).ShouldBe("bbbb");
        TextChunks.Trim("aaa\nb", 2).ShouldBe("aaa\nb");
    }

    [Fact]
    public void Pretraining_ClassicSettings_CutAtLineBreaks()
    {
        string path = _folder.Write("book.txt", string.Concat(Enumerable.Range(0, 80).Select(i => $"The cat {i} sat on the grass.\n")));
        PretrainingBlocks data = PretrainingData.Prepare(new DataSettings { Dataset = path, ValSize = 0, BlockSize = 64, NewlineFavorLen = 60, StrideLength = 8 }, TinyTokenizer.Instance, context: 64, seed: 1);
        data.Train.ShouldAllBe(block => TinyTokenizer.Instance.Decode(block.InputIds, false).StartsWith("The cat", StringComparison.Ordinal));
        PretrainingBlocks plain = PretrainingData.Prepare(new DataSettings { Dataset = path, ValSize = 0, BlockSize = 64, StrideLength = 8 }, TinyTokenizer.Instance, context: 64, seed: 1);
        plain.Train[1].InputIds[..8].ShouldBe(plain.Train[0].InputIds[^8..]);
    }
}
