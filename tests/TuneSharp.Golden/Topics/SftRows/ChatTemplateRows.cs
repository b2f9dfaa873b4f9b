using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Rendering.Slots;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;
using static TuneSharp.Golden.Topics.SftRows.RecordedIds;

namespace TuneSharp.Golden.Topics.SftRows;

/// <summary>The chat template route: text, ids, and the labels of all answers, of the last one, of everything.</summary>
internal sealed class ChatTemplateRows : ISftRowsFile
{
    public string FileName => "chat_template.json";

    public IEnumerable<GoldenCase> Find(string path, string file, SftTokenizers tokenizers)
    {
        foreach (JsonElement set in GoldenFixtures.ReadJson(path).EnumerateArray())
        {
            string tokenizer = set.GetProperty("tokenizer").GetString()!;
            foreach (JsonElement entry in set.GetProperty("cases").EnumerateArray())
                yield return new GoldenCase($"{file}/{tokenizer}/{entry.GetProperty("id").GetString()}", () => Compare(tokenizer, entry, tokenizers));
        }
    }

    public static string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "chat_template.json.gz");
        if (!File.Exists(path)) return null;
        JsonNode root = JsonNode.Parse(GoldenFixtures.ReadText(path))!;
        GoldenCase? good = new ChatTemplateRows().Find(path, "chat_template.json.gz", new SftTokenizers(copy)).FirstOrDefault(c => c.Run().Agreed);
        if (good is null) return null;
        string[] parts = good.Name.Split('/');
        JsonNode entry = root.AsArray().First(t => (string)t!["tokenizer"]! == parts[1])!["cases"]!.AsArray().First(c => (string)c!["id"]! == parts[2])!;
        JsonArray labels = entry["labels_assistant"]!.AsArray();
        labels[^1] = (int)labels[^1]! + 1;
        GoldenFixtures.WriteText(path, root.ToJsonString());
        return good.Name;
    }

    private static GoldenResult Compare(string tokenizerName, JsonElement entry, SftTokenizers tokenizers)
    {
        if (tokenizers.Load(tokenizerName) is not { } tokenizer) return GoldenResult.NotBuilt($"The tokenizer {tokenizerName}");
        List<ChatMessage> messages = Messages(entry.GetProperty("messages"), "role", "content");
        if (!entry.TryGetProperty("text", out _)) return CompareNative(tokenizer, SlotTemplateCatalog.Find(tokenizerName + "_native"), messages, entry);
        if (tokenizers.TemplateFor(tokenizerName, messages, entry.GetProperty("text").GetString()!) is not { } template)
            return GoldenResult.Equal(false, "no template renders the recorded text");
        var row = new ConversationRow(new RowSource(tokenizerName, 1, 1), [.. messages.Select(m => new Turn(m))]);
        RenderedExample answers = new ExampleRenderer(tokenizer, template).Render(row);
        RenderedExample last = new ExampleRenderer(tokenizer, template, new RenderingOptions { LastTurnOnly = true }).Render(row);
        RenderedExample all = new ExampleRenderer(tokenizer, template, new RenderingOptions { TrainOnPrompt = true }).Render(row);
        return GoldenResult.All(
        [
            GoldenResult.Equal(answers.Text == entry.GetProperty("text").GetString(), "text"),
            Same(answers.Example.InputIds, entry.GetProperty("input_ids"), "input_ids"),
            Same(answers.Example.Labels, entry.GetProperty("labels_assistant"), "labels_assistant"),
            Same(last.Example.Labels, entry.GetProperty("labels_last"), "labels_last"),
            Same(all.Example.Labels, entry.GetProperty("labels_all"), "labels_all"),
        ]);
    }

    // A tokenizer without a template writes its conversations in a way of its own.
    private static GoldenResult CompareNative(Tokenizer tokenizer, SlotTemplate? template, List<ChatMessage> messages, JsonElement entry)
    {
        if (template is null) return GoldenResult.NotBuilt("A native way to write conversations");
        var row = new ConversationRow(new RowSource("native", 1, 1), [.. messages.Select(m => new Turn(m))]);
        TrainingExample answers = new ExampleRenderer(tokenizer, null, new RenderingOptions { Slots = template }).Render(row).Example;
        TrainingExample last = new ExampleRenderer(tokenizer, null, new RenderingOptions { Slots = template, LastTurnOnly = true }).Render(row).Example;
        TrainingExample all = new ExampleRenderer(tokenizer, null, new RenderingOptions { Slots = template, TrainOnPrompt = true }).Render(row).Example;
        return GoldenResult.All(
        [
            Same(answers.InputIds, entry.GetProperty("input_ids"), "input_ids"),
            Same(answers.Labels, entry.GetProperty("labels_assistant"), "labels_assistant"),
            Same(last.Labels, entry.GetProperty("labels_last"), "labels_last"),
            Same(all.Labels, entry.GetProperty("labels_all"), "labels_all"),
        ]);
    }
}
