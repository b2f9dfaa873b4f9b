using System.Text;
using TuneSharp.Data.Json;
using TuneSharp.Data.Reading;
using TuneSharp.Data.RowFormats;

namespace TuneSharp.Data.Tests;

/// <summary>What every entry of the catalog promises.</summary>
public class RowFormatContract
{
    public static TheoryData<string> Names => [.. RowFormatCatalog.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_IsRecognisedAndReadWithoutRemark(string name)
    {
        IRowFormat format = RowFormatCatalog.Find(name)!;
        JsonItem item = Parse(format.Example);
        RowFormatCatalog.Recognise(item)!.Value.Format.Name.ShouldBe(name);
        var problems = new List<DataProblem>();
        Read(format, format.Example, problems).ShouldNotBeNull();
        problems.ShouldBeEmpty();
    }

    /// <summary>A row may hold anything: whatever stands where a text or a list should be, the answer is a row or a complaint that names a place.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void AnyFieldOfAnyKind_GivesARowOrAnErrorWithAPlace(string name)
    {
        IRowFormat format = RowFormatCatalog.Find(name)!;
        foreach (string damaged in Damaged(format.Example))
        {
            var problems = new List<DataProblem>();
            DatasetRow? row = Read(format, damaged, problems);
            if (row is null)
            {
                DataProblem error = problems.First(p => p.Severity == ProblemSeverity.Error);
                error.Row.ShouldBe(1);
                error.Line.ShouldBe(1);
                error.Why.ShouldEndWith(".");
            }
            else problems.ShouldAllBe(p => p.Severity == ProblemSeverity.Warning);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Aliases_FindTheFormat(string name)
    {
        IRowFormat format = RowFormatCatalog.Find(name)!;
        format.Keys.ShouldNotBeEmpty();
        foreach (string alias in format.Aliases) RowFormatCatalog.Find(alias).ShouldBeSameAs(format);
    }

    /// <summary>Spellings under which the same rows go around: what they mean is read, nothing of it is dropped.</summary>
    [Theory]
    [InlineData("""{"instruction": "i", "context": "c", "response": "r", "category": "qa"}""", "user:i\nc|assistant:r")]
    [InlineData("""{"instruction": "i", "query": "c", "output": "r", "system_prompt": "s"}""", "system:s|user:i\nc|assistant:r")]
    [InlineData("""{"system_prompt": "s", "question": "q", "response": "r"}""", "system:s|user:q|assistant:r")]
    [InlineData("""{"Question": "q", "Answer": "r"}""", "user:q|assistant:r")]
    [InlineData("""{"conversations": [{"from": "user", "value": "q"}, {"from": "chatgpt", "value": "r"}]}""", "user:q|assistant:r")]
    [InlineData("""{"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "r"}]}""", "user:q|assistant:r")]
    [InlineData("""{"messages": [{"role": "developer", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "q"}]}, {"role": "assistant", "content": "r"}]}""", "system:s|user:q|assistant:r")]
    [InlineData("""{"prompt": [{"role": "user", "content": "q"}], "completion": [{"role": "assistant", "content": "r"}]}""", "user:q|assistant:r")]
    public void Spellings_MeanTheSame(string json, string expected)
    {
        var problems = new List<DataProblem>();
        var row = (ConversationRow)Read(RowFormatCatalog.Recognise(Parse(json))!.Value.Format, json, problems)!;
        string.Join('|', row.Messages.Select(message => $"{message.Role}:{message.Content}")).ShouldBe(expected.Replace("\\n", "\n", StringComparison.Ordinal));
        problems.ShouldBeEmpty();
    }

    [Fact]
    public void Find_UnknownName_NamesTheKnownOnes() =>
        Should.Throw<Formats.InvalidInputException>(() => RowFormatCatalog.Find("alpacca")).Message.ShouldContain("alpaca, ");

    // Every value of the example in turn replaced by values of other kinds, or removed with its key.
    private static IEnumerable<string> Damaged(string example)
    {
        foreach (string replacement in (string[])["null", "1", "true", "\"\"", "\"x\"", "[]", "{}", "[[]]", "[{}]", "[null]"])
        {
            yield return replacement is "{}" ? replacement : "{\"a\": " + replacement + "}";
            var places = new List<JsonItem>();
            Collect(Parse(example), places);
            byte[] bytes = Encoding.UTF8.GetBytes(example);
            foreach (JsonItem place in places)
            {
                int end = place.Start + JsonParser.Parse(bytes.AsSpan(place.Start)).End;
                yield return Encoding.UTF8.GetString(bytes, 0, place.Start) + replacement + Encoding.UTF8.GetString(bytes, end, bytes.Length - end);
            }
        }
    }

    private static void Collect(JsonItem item, List<JsonItem> places)
    {
        foreach (JsonItem inner in item.Items.Concat(item.Members.Select(m => m.Value)))
        {
            places.Add(inner);
            Collect(inner, places);
        }
    }

    private static JsonItem Parse(string json) => JsonParser.ParseAlone(Encoding.UTF8.GetBytes(json)).Value!;

    private static DatasetRow? Read(IRowFormat format, string json, List<DataProblem> problems)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        JsonReading reading = JsonParser.ParseAlone(bytes);
        return format.Read(reading.Value!, new RowContext("rows.jsonl", new RawRow(1, bytes, 1, 1, reading), problems.Add));
    }
}
