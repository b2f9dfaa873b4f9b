using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>TRL's prepared data sets, for those options that mean the same here: whole texts, whole conversations, answers only.</summary>
internal sealed class TrlRows : ISftRowsFile
{
    private static readonly string[] s_options = ["max_length", "assistant_only_loss"];

    public string FileName => "trl.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        JsonElement root = GoldenFixtures.ReadJson(path);
        JsonElement sets = root.GetProperty("sets");
        int number = 0;
        foreach (JsonElement entry in root.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"{file}/{number++}", () => Compare(sets, entry, tokenizers));
    }

    private static GoldenResult Compare(JsonElement sets, JsonElement entry, SftTokenizers tokenizers)
    {
        JsonElement options = entry.GetProperty("options");
        string set = entry.GetProperty("rows").GetString()!;
        foreach (JsonProperty option in options.EnumerateObject())
            if (!s_options.Contains(option.Name)) return GoldenResult.NotBuilt($"TRL's option {option.Name}");
        if (set is not ("text" or "messages" or "conversations")) return GoldenResult.NotBuilt($"TRL's row type {set}");
        if (tokenizers.Load(entry.GetProperty("tokenizer").GetString()!) is not { } tokenizer) return GoldenResult.NotBuilt("This tokenizer");
        if (entry.TryGetProperty("error", out _)) return GoldenResult.NotBuilt("Refusing templates without generation blocks");

        bool answersOnly = options.TryGetProperty("assistant_only_loss", out JsonElement only) && only.GetBoolean();
        int limit = options.TryGetProperty("max_length", out JsonElement max) ? max.GetInt32() : 1024;
        string source = entry.TryGetProperty("chat_template_used", out JsonElement used) ? used.GetString()! : entry.GetProperty("chat_template_given").GetString() ?? "";
        var renderer = new ExampleRenderer(tokenizer, source.Length == 0 ? null : ChatTemplate.Parse(source), new RenderingOptions { TrainOnPrompt = !answersOnly });

        var ids = new List<int[]>();
        var labels = new List<int[]>();
        foreach (JsonElement row in sets.GetProperty(set).EnumerateArray())
        {
            TrainingExample example = renderer.Render(Row(row, set)).Example;
            int[] rowLabels = example.Labels[..Math.Min(limit, example.Length)];
            if (Array.TrueForAll(rowLabels, label => label == TrainingExample.Ignored)) continue;    // TRL drops rows that are masked altogether
            ids.Add(example.InputIds[..rowLabels.Length]);
            labels.Add(rowLabels);
        }
        JsonElement columns = entry.GetProperty("columns");
        return GoldenResult.All([SameRows(ids, columns.GetProperty("input_ids"), "input_ids"), SameRows(labels, columns.GetProperty("labels"), "labels")]);
    }

    private static DatasetRow Row(JsonElement row, string set)
    {
        var source = new RowSource(set, 1, 1);
        if (set == "text") return new TextRow(source, row.GetProperty("text").GetString()!);
        IEnumerable<ChatMessage> messages = set == "messages" ? Messages(row.GetProperty(set), "role", "content")
            : Messages(row.GetProperty(set), "from", "value").Select(m => m with { Role = m.Role switch { "human" => "user", "gpt" => "assistant", _ => m.Role } });
        return new ConversationRow(source, [.. messages.Select(m => new Turn(m))]);
    }
}
