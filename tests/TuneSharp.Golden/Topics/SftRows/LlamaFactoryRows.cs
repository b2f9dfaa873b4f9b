using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>LLaMA-Factory's ids and labels: the question and answer of each turn, and every combination of options.</summary>
internal sealed class LlamaFactoryRows : ISftRowsFile
{
    private const int DefaultCutoff = 2048;

    public string FileName => "llama_factory.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        Dictionary<string, ConversationRow> rows = Rows(Path.Combine(Path.GetDirectoryName(path)!, "rows.json"));
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!, template = set.GetProperty("template").GetString()!;
            foreach (JsonElement entry in set.GetProperty("cases").EnumerateArray())
                yield return new GoldenCase($"{file}/{tokenizer}-{template}/{entry.GetProperty("id").GetString()}", () => Compare(tokenizer, template, rows[entry.GetProperty("id").GetString()!], entry, tokenizers));
        }
    }

    private static GoldenResult Compare(string tokenizerName, string templateName, ConversationRow row, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(tokenizerName) is not { } tokenizer) return GoldenResult.NotBuilt($"The tokenizer {tokenizerName}");
        if (SlotTemplateCatalog.Find(templateName) is not { } template) return GoldenResult.NotBuilt($"LLaMA-Factory's template {templateName}");
        var parts = new List<GoldenResult>();
        List<(int[] Source, int[] Target, bool IsLearned)> pairs = new SlotRendering(tokenizer, template).Pairs(row.Turns, row.Tools);
        JsonElement[] expected = [.. entry.GetProperty("pairs").EnumerateArray()];
        if (pairs.Count != expected.Length) return GoldenResult.Equal(false, $"{pairs.Count} turns instead of {expected.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            parts.Add(RecordedIds.Same(pairs[i].Source, expected[i].GetProperty("source"), $"source {i}"));
            parts.Add(RecordedIds.Same(pairs[i].Target, expected[i].GetProperty("target"), $"target {i}"));
        }
        parts.AddRange(entry.GetProperty("variants").EnumerateArray().Select(variant => Variant(tokenizer, template, row, variant)));
        return GoldenResult.All(parts);
    }

    private static GoldenResult Variant(Tokenizer tokenizer, SlotTemplate template, ConversationRow row, JsonElement variant)
    {
        JsonElement options = variant.GetProperty("options");
        string name = options.GetRawText();
        foreach (JsonProperty option in options.EnumerateObject())
            if (option.Name is not ("train_on_prompt" or "mask_history" or "cutoff_len")) return GoldenResult.NotBuilt($"LLaMA-Factory's option {option.Name}");
        var renderer = new ExampleRenderer(tokenizer, template: null, new RenderingOptions
        {
            Slots = template,
            TrainOnPrompt = Flag(options, "train_on_prompt"),
            LastTurnOnly = Flag(options, "mask_history"),
            Cutoff = options.TryGetProperty("cutoff_len", out JsonElement cutoff) ? cutoff.GetInt32() : DefaultCutoff,
        });
        bool fails = variant.TryGetProperty("error", out JsonElement error);
        try
        {
            TrainingExample example = renderer.Render(row).Example;
            if (fails) return GoldenResult.Equal(false, $"{name} should fail: {error.GetString()}");
            return GoldenResult.All([RecordedIds.Same(example.InputIds, variant.GetProperty("input_ids"), name + " input_ids"), RecordedIds.Same(example.Labels, variant.GetProperty("labels"), name + " labels")]);
        }
        catch (InvalidInputException e)
        {
            return GoldenResult.Equal(fails, $"{name}: {e.Message}");
        }
    }

    private static bool Flag(JsonElement options, string name) => options.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    /// <summary>The canonical rows, with LLaMA-Factory's roles for calls and results brought back to tool calls.</summary>
    private static Dictionary<string, ConversationRow> Rows(string path)
    {
        var rows = new Dictionary<string, ConversationRow>(StringComparer.Ordinal);
        int number = 0;
        foreach (JsonNode? entry in JsonNode.Parse(GoldenFixtures.ReadText(path))!.AsArray())
        {
            string id = (string)entry!["id"]!;
            JsonNode? tools = entry["tools"];
            if (tools is JsonValue text) tools = JsonNode.Parse(text.GetValue<string>());
            rows[id] = new ConversationRow(new RowSource(id, ++number, 0), [.. entry["messages"]!.AsArray().Select(message => Turn((string)message!["role"]!, (string)message["content"]!))]) { Tools = tools?.DeepClone() as JsonArray };
        }
        return rows;
    }

    private static Turn Turn(string role, string content)
    {
        if (role != "function") return new Turn(new ChatMessage(role == "observation" ? "tool" : role, content));
        JsonNode parsed = JsonNode.Parse(content)!;
        var calls = new JsonArray([.. (parsed is JsonArray list ? list.AsEnumerable() : [parsed]).Select(call => (JsonNode)new JsonObject { ["type"] = "function", ["function"] = call!.DeepClone() })]);
        return new Turn(new ChatMessage("assistant", "") { Extra = new JsonObject { ["tool_calls"] = calls, ["content"] = null } });
    }
}
