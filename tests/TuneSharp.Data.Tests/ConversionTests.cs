using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Data.Conversion;
using TuneSharp.Formats;

namespace TuneSharp.Data.Tests;

public sealed class ConversionTests : IDisposable
{
    private const string Rich = """{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b", "weight": 0}, {"role": "user", "content": "c", "name": "Ann"}, {"role": "assistant", "content": "d"}], "topic": "x", "n": 3}""";
    private const string Tools = """{"messages": [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"place\": \"here\"}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "sun"}, {"role": "assistant", "content": "Sunny."}], "tools": [{"type": "function", "function": {"name": "weather"}}]}""";
    private const string Simple = """{"instruction": "Name a colour.", "input": "grass", "output": "green"}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (JsonObject[] Rows, ConversionReport Report) Convert(string lines, ConversionTarget target, string? system = null, bool skip = false)
    {
        using var output = new MemoryStream();
        ConversionReport report = DatasetConversion.Convert(_folder.Write("rows.jsonl", lines), new RowReading(), target, output, system, skip);
        string text = Encoding.UTF8.GetString(output.ToArray());
        return ([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())], report);
    }

    private List<ConversationRow> Read(IEnumerable<JsonNode> rows) => [.. DatasetReader.Open(_folder.Write("again.jsonl", string.Join('\n', rows.Select(row => row.ToJsonString())))).Read().Cast<ConversationRow>()];

    [Theory]
    [InlineData(Rich)]
    [InlineData(Tools)]
    [InlineData(Simple)]
    public void ToMessages_LosesNothing(string row)
    {
        ConversationRow before = DatasetReader.Open(_folder.Write("rows.jsonl", row)).Read().Cast<ConversationRow>().Single();
        (JsonObject[] rows, ConversionReport report) = Convert(row, ConversionTarget.Messages);
        report.NumLosses.ShouldBe(0);
        ConversationRow after = Read(rows).Single();
        after.Turns.ShouldBe(before.Turns);
        JsonNode.DeepEquals(after.Tools, before.Tools).ShouldBeTrue();
    }

    [Fact]
    public void Convert_OtherColumns_AreCarriedOver()
    {
        foreach (ConversionTarget target in Enum.GetValues<ConversionTarget>())
        {
            JsonObject row = Convert(Rich, target).Rows.Single();
            ((string?)row["topic"], (int?)row["n"]).ShouldBe(("x", 3));
        }
        Convert("""{"question": "q", "answer": "a", "input": "other"}""", ConversionTarget.Alpaca).Report.Losses.Single().Field.ShouldBe("input");
    }

    [Fact]
    public void ToAlpaca_KeepsHistoryAndNamesWhatIsLost()
    {
        (JsonObject[] rows, ConversionReport report) = Convert(Rich + "\n" + Tools, ConversionTarget.Alpaca);
        rows.Single().ToJsonString().ShouldBe("""{"instruction":"c","input":"","output":"d","system":"Be brief.","history":[["a","b"]],"topic":"x","n":3}""");
        report.Losses.Select(loss => loss.ToString()[..^(loss.Why.Length + 2)]).ShouldBe(["rows.jsonl, row 1, line 1, field messages[2].weight", "rows.jsonl, row 1, line 1, field messages[3].name", "rows.jsonl, row 2, line 2, field row"]);
        (report.Written, report.LeftOut).ShouldBe((1L, 1L));
    }

    [Fact]
    public void ToPromptCompletion_UsesTextsWhereTheySuffice()
    {
        Convert(Simple, ConversionTarget.PromptCompletion).Rows.Single().ToJsonString().ShouldBe("""{"prompt":"Name a colour.\ngrass","completion":"green"}""");
        (JsonObject[] rows, ConversionReport report) = Convert(Rich, ConversionTarget.PromptCompletion);
        report.NumLosses.ShouldBe(0);    // the earlier answer was not learned before either
        ConversationRow again = Read(rows).Single();
        again.Turns.Select(turn => (turn.Message.Role, turn.Message.Content, turn.IsLearned)).ShouldBe([("system", "Be brief.", false), ("user", "a", false), ("assistant", "b", false), ("user", "c", false), ("assistant", "d", true)]);
        Convert(Tools, ConversionTarget.PromptCompletion).Report.Losses.Single().Field.ShouldBe("messages[1]");
    }

    [Fact]
    public void Convert_System_IsForRowsWithoutOne()
    {
        JsonObject[] rows = Convert(Rich + "\n" + Simple, ConversionTarget.Alpaca, system: "Answer.").Rows;
        rows.Select(row => (string?)row["system"]).ShouldBe(["Be brief.", "Answer."]);
    }

    [Fact]
    public void Convert_BrokenRow_StopsOrIsSkippedByChoice()
    {
        string lines = Simple + "\n{broken}\n" + Simple.Replace("green", "verde", StringComparison.Ordinal);
        Should.Throw<InvalidInputException>(() => Convert(lines, ConversionTarget.Messages)).Message.ShouldContain("row 2");
        ConversionReport report = Convert(lines, ConversionTarget.Messages, skip: true).Report;
        (report.Written, report.Broken).ShouldBe((2L, 1L));
    }

    [Theory]
    [InlineData("""{"text": "a whole text"}""", "texts")]
    [InlineData("""{"prompt": "p", "chosen": "a", "rejected": "b"}""", "preference")]
    [InlineData("""{"messages": [{"role": "user", "content": "x"}, {"role": "tool", "content": "y"}, {"role": "assistant", "content": "z"}]}""", "None of the 1 rows")]
    public void Convert_RowsThatCannotBe_AreRefused(string row, string expected) =>
        Should.Throw<InvalidInputException>(() => Convert(row, ConversionTarget.Alpaca)).Message.ShouldContain(expected);
}
