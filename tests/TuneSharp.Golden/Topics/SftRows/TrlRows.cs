using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Data.Packing;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>The data sets as TRL's SFTTrainer prepares them: texts, completions and conversations; limits, packing, what is learned.</summary>
internal sealed class TrlRows : ISftRowsFile
{
    private static readonly string[] s_options = ["max_length", "truncation_mode", "packing", "packing_strategy", "completion_only_loss", "assistant_only_loss"];

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
        if (tokenizers.Load(entry.GetProperty("tokenizer").GetString()!) is not { } tokenizer) return GoldenResult.NotBuilt("This tokenizer");

        string source = entry.TryGetProperty("chat_template_used", out JsonElement used) ? used.GetString()! : entry.GetProperty("chat_template_given").GetString() ?? "";
        bool chat = set is "messages" or "conversations", completions = set.StartsWith("prompt_completion", StringComparison.Ordinal);
        bool answersOnly = Flag(options, "assistant_only_loss", false), completionOnly = completions && Flag(options, "completion_only_loss", true);
        var renderer = new ExampleRenderer(tokenizer, source.Length == 0 ? null : ChatTemplate.Parse(source), new RenderingOptions
        {
            TrainOnPrompt = chat ? !answersOnly : !completionOnly,
            AssistantOnlyLoss = chat && answersOnly,
            PlainCompletion = set == "prompt_completion",
        });
        List<TrainingExample> documents;
        try
        {
            documents = [.. sets.GetProperty(set).EnumerateArray().Select(row => renderer.Render(Row(row, set)).Example)];
        }
        catch (InvalidInputException e)
        {
            return GoldenResult.Equal(entry.TryGetProperty("error", out _), e.Message);
        }
        if (entry.TryGetProperty("error", out JsonElement error)) return GoldenResult.Equal(false, $"should fail: {error}");
        return CompareColumns([.. Finish(documents, options)], entry.GetProperty("columns"));
    }

    /// <summary>Packing, or else the limit and the rows that are masked altogether after it.</summary>
    private static IEnumerable<TrainingExample> Finish(List<TrainingExample> documents, JsonElement options)
    {
        int limit = options.TryGetProperty("max_length", out JsonElement max) ? max.GetInt32() : 1024;
        if (Flag(options, "packing", false))
        {
            string strategy = options.TryGetProperty("packing_strategy", out JsonElement named) ? named.GetString()! : "bfd";
            return new PackedExamples(documents, PackedLayout.Of([.. documents.Select(d => d.Length)], limit, strategy switch
            {
                "bfd" => PackingStrategy.Bfd,
                "bfd_split" => PackingStrategy.BfdSplit,
                "wrapped" => PackingStrategy.Wrapped,
                _ => PackingStrategy.None,
            }));
        }

        bool keepEnd = options.TryGetProperty("truncation_mode", out JsonElement mode) && mode.GetString() == "keep_end";
        return documents.Select(d => keepEnd ? d.Last(limit) : d.First(limit)).Where(d => d.NumLabels > 0);
    }

    private static GoldenResult CompareColumns(List<TrainingExample> rows, JsonElement columns)
    {
        List<GoldenResult> results = [SameRows([.. rows.Select(r => r.InputIds)], columns.GetProperty("input_ids"), "input_ids")];
        if (columns.TryGetProperty("labels", out JsonElement labels)) results.Add(SameRows([.. rows.Select(r => r.Labels)], labels, "labels"));
        if (columns.TryGetProperty("seq_lengths", out JsonElement lengths)) results.Add(SameRows([.. rows.Select(r => r.SegmentLengths?.ToArray() ?? [r.Length])], lengths, "seq_lengths"));
        return GoldenResult.All(results);
    }

    private static bool Flag(JsonElement options, string key, bool fallback) => options.TryGetProperty(key, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : fallback;

    private static DatasetRow Row(JsonElement row, string set)
    {
        var source = new RowSource(set, 1, 1);
        IEnumerable<ChatMessage> messages = set switch
        {
            "text" => [],
            "prompt_completion" => [new("user", row.GetProperty("prompt").GetString()!), new("assistant", row.GetProperty("completion").GetString()!)],
            "prompt_completion_chat" => [.. Messages(row.GetProperty("prompt"), "role", "content"), .. Messages(row.GetProperty("completion"), "role", "content")],
            "messages" => Messages(row.GetProperty(set), "role", "content"),
            _ => Messages(row.GetProperty(set), "from", "value").Select(m => m with { Role = m.Role switch { "human" => "user", "gpt" => "assistant", _ => m.Role } }),
        };
        return set == "text" ? new TextRow(source, row.GetProperty("text").GetString()!) : new ConversationRow(source, [.. messages.Select(m => new Turn(m))])
        {
            PromptTurns = set == "prompt_completion_chat" ? row.GetProperty("prompt").GetArrayLength() : null,
        };
    }
}
