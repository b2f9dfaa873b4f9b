using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Data.Checking;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics;

/// <summary>Dataset files, good and broken: form, usable rows in canonical form, and every problem with its place.</summary>
public sealed class DatasetFormatsTopic : IGoldenTopic
{
    private const int ColumnTolerance = 2;

    public string Topic => "text/dataset_formats";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        JsonElement expected = GoldenFixtures.ReadJson(Path.Combine(folder, "expected.json"));
        foreach (JsonElement entry in expected.EnumerateArray())
        {
            string file = entry.GetProperty("file").GetString()!;
            yield return new GoldenCase(file, () => Compare(Path.Combine(folder, file), entry));
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "expected.json");
        var entries = (JsonArray)JsonNode.Parse(File.ReadAllText(path))!;
        foreach (JsonNode? entry in entries)
        {
            string file = (string)entry!["file"]!;
            if (entry["problems"] is not JsonArray { Count: > 0 } problems || problems[0]!["row"] is not { } row || !file.EndsWith(".jsonl", StringComparison.Ordinal)) continue;
            if (!Compare(Path.Combine(copy, file), JsonSerializer.SerializeToElement(entry)).Agreed) continue;
            problems[0]!["row"] = (long)row + 1;
            File.WriteAllText(path, entries.ToJsonString());
            return file;
        }
        return null;
    }

    private static GoldenResult Compare(string path, JsonElement expected)
    {
        string format = expected.GetProperty("format").GetString()!;
        if (path.EndsWith('/')) return CompareFolder(path, expected);

        var rows = new List<DatasetRow>();
        DatasetCheck check = DatasetCheck.Run(path, onRow: rows.Add);
        if (check.Format == "unreadable" || check.Format == "empty") rows.Clear();
        var parts = new List<GoldenResult>
        {
            GoldenResult.Equal(OurName(format) == check.Format, $"format {check.Format}, expected {format}"),
            GoldenResult.Equal(expected.GetProperty("rows").GetInt64() == check.Rows, $"{check.Rows} usable rows, expected {expected.GetProperty("rows")}"),
            CompareRows(rows, expected.GetProperty("canonical"), expected.TryGetProperty("answer_length", out JsonElement length) ? length.GetInt32() : null),
            CompareProblems(check.Problems.Kept, rows, expected.GetProperty("problems"), lineTolerance: check.Layout is FileLayout.JsonLines or FileLayout.Table ? 0 : 1),
        };
        if (expected.TryGetProperty("proposal", out JsonElement proposal))
        {
            string fix = string.Join(' ', check.Problems.Kept.Select(problem => problem.Fix));
            parts.Add(GoldenResult.Equal(fix.Contains($"{{{proposal.GetProperty("prompt").GetString()}}}", StringComparison.Ordinal) && fix.Contains($"answer_column: {proposal.GetProperty("answer").GetString()}", StringComparison.Ordinal), "proposal in: " + fix));
        }
        return GoldenResult.All(parts);
    }

    private static GoldenResult CompareFolder(string path, JsonElement expected)
    {
        DatasetFiles files = DatasetFiles.Resolve(new DataSettings { Dataset = path });
        var parts = new List<GoldenResult>();
        foreach (JsonProperty split in expected.GetProperty("splits").EnumerateObject())
        {
            string? file = split.Name switch { "train" => files.Train, "validation" => files.Validation, _ => files.Test };
            if (file is null) return GoldenResult.Equal(false, $"no file for {split.Name}");
            parts.Add(CompareRows([.. DatasetReader.Open(file).Read()], split.Value));
        }
        return GoldenResult.All(parts);
    }

    private static string OurName(string format) => format == "openai" ? "messages" : format;

    // Of a very long answer the fixture holds the beginning and the length.
    private static GoldenResult CompareRows(List<DatasetRow> rows, JsonElement canonical, int? answerLength = null)
    {
        int i = 0;
        foreach (JsonElement expected in canonical.EnumerateArray())
        {
            if (i == rows.Count) return GoldenResult.Equal(false, $"canonical row {i + 1} is missing");
            JsonNode ours = Canonical(rows[i]), theirs = JsonNode.Parse(expected.GetRawText())!;
            if (answerLength is { } length && Answer(ours) is { } answer && answer.Length == length) SetAnswer(ours, answer[..Answer(theirs).Length]);
            if (!JsonNode.DeepEquals(ours, theirs)) return GoldenResult.Equal(false, $"row {i + 1}: {Head(ours)} instead of {Head(theirs)}");
            i++;
        }
        return GoldenResult.Equal(i == rows.Count, $"{rows.Count} rows instead of {i}");
    }

    private static string Answer(JsonNode row) => (string)row["messages"]!.AsArray()[^1]!["content"]!;

    private static void SetAnswer(JsonNode row, string answer) => row["messages"]!.AsArray()[^1]!["content"] = answer;

    internal static JsonObject Canonical(DatasetRow row)
    {
        switch (row)
        {
            case TextRow text: return new JsonObject { ["text"] = text.Text };
            case LabelledRow labelled: return new JsonObject { ["text"] = labelled.Text, ["label"] = labelled.Label };
            case RatedRow rated: return new JsonObject { ["messages"] = Messages(rated.Turns), ["label"] = rated.IsGood };
            case PreferenceRow pair: return new JsonObject { ["messages"] = Messages(pair.Turns), ["chosen"] = Messages([new Turn(pair.Chosen)])[0]!.DeepClone(), ["rejected"] = Messages([new Turn(pair.Rejected)])[0]!.DeepClone() };
        }
        var conversation = (ConversationRow)row;
        var result = new JsonObject { ["messages"] = Messages(conversation.Turns) };
        if (conversation.Tools is { } tools) result["tools"] = tools.DeepClone();
        return result;
    }

    private static JsonArray Messages(IReadOnlyList<Turn> turns)
    {
        var messages = new JsonArray();
        foreach (Turn turn in turns)
        {
            var message = new JsonObject { ["role"] = turn.Message.Role };
            if (turn.Message.Extra?["tool_call_id"] is { } callId) message["tool_call_id"] = callId.DeepClone();
            message["content"] = turn.Message.Content;
            if (turn.Message.Extra?["tool_calls"] is JsonArray calls)
            {
                message["tool_calls"] = new JsonArray([.. calls.Select(call =>
                {
                    var flat = new JsonObject();
                    if (call!["id"] is { } id) flat["id"] = id.DeepClone();
                    flat["name"] = call["function"]!["name"]!.DeepClone();
                    flat["arguments"] = call["function"]!["arguments"]!.DeepClone();
                    return (JsonNode)flat;
                })]);
            }
            if (turn.Weight is { } weight) message["weight"] = weight;
            messages.Add(message);
        }
        return messages;
    }

    private static GoldenResult CompareProblems(IReadOnlyList<DataProblem> found, List<DatasetRow> rows, JsonElement expected, int lineTolerance)
    {
        var left = found.ToList();
        foreach (JsonElement problem in expected.EnumerateArray())
        {
            DataProblem? match = left.Find(p => Fits(p, problem, lineTolerance));
            if (match is null) return GoldenResult.Equal(false, $"not found: {problem.GetRawText()}; found: {string.Join(" | ", left)}");
            left.Remove(match);
        }
        // The fixture names equal rows only where they are the point of the file; a remark that is true is no disagreement.
        left.RemoveAll(p => p.Kind == ProblemKind.DuplicateRow && IsRepeated(rows, p.Row));
        return GoldenResult.Equal(left.Count == 0, $"found although nothing was expected: {string.Join(" | ", left)}");
    }

    private static bool IsRepeated(List<DatasetRow> rows, long? number) => rows.Find(r => r.Source.Row == number) is { } row
        && rows.Exists(r => r.Source.Row < number && JsonNode.DeepEquals(Canonical(r), Canonical(row)));

    private static bool Fits(DataProblem ours, JsonElement theirs, int lineTolerance) =>
        theirs.GetProperty("severity").GetString() == (ours.Severity == ProblemSeverity.Error ? "error" : "warning")
        && theirs.GetProperty("kind").GetString() == ours.Kind
        && (theirs.TryGetProperty("row", out _) || ours.Row is null)
        && Near(theirs, "row", ours.Row, 0) && Near(theirs, "line", ours.Line, lineTolerance) && Near(theirs, "column", ours.Column, ColumnTolerance)
        && (!theirs.TryGetProperty("field", out JsonElement field) || field.GetString() == ours.Field);

    private static bool Near(JsonElement theirs, string name, long? ours, int tolerance) =>
        !theirs.TryGetProperty(name, out JsonElement value) || (ours is { } place && Math.Abs(place - value.GetInt64()) <= tolerance);

    private static string Head(JsonNode node) => node.ToJsonString() is { Length: > 200 } text ? text[..200] + "…" : node.ToJsonString();
}
