using System.Text;
using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Application.Comparing;

/// <summary>A prompt for every model.</summary>
/// <param name="Messages">What the model sees; the last one is the user's.</param>
/// <param name="Reference">The row's own answer, where the file has one.</param>
public sealed record ComparisonPrompt(IReadOnlyList<ChatMessage> Messages, string? Reference)
{
    public string Question => Messages[^1].Content;
}

/// <summary>
/// Reads prompts: the lines of a text file; JSON or JSONL with texts, with objects that have a prompt and no answer, or with
/// messages that end with the user's; or a dataset of any known format, whose last answers then are the references.
/// </summary>
public static class ComparisonPrompts
{
    private const long MaxBytes = 64 << 20;
    private static readonly string[] s_promptKeys = ["prompt", "question", "instruction", "query", "text", "input"];
    private static readonly JsonDocumentOptions s_json = new() { MaxDepth = 32, AllowTrailingCommas = false };

    /// <param name="settings">The file and how its rows are read.</param>
    /// <param name="most">At most so many prompts.</param>
    /// <exception cref="InvalidInputException">The file holds no prompt.</exception>
    public static IReadOnlyList<ComparisonPrompt> Read(DataSettings settings, int? most = null)
    {
        string path = settings.Dataset!, format = settings.PromptFormat is null && settings.TextColumn is null ? settings.Format : "given";
        bool isJson = Path.GetExtension(path).ToLowerInvariant() is ".json" or ".jsonl" or ".ndjson";
        bool isText = Path.GetExtension(path).ToLowerInvariant() is (".txt" or ".md" or "") && format == "auto";
        List<ComparisonPrompt>? prompts = isText ? Lines(path) : isJson && format == "auto" ? PromptsOnly(path) : null;
        prompts ??= OfDataset(settings);
        if (prompts.Count == 0) throw new InvalidInputException("The file holds no prompt.", path, "One prompt a line, or a dataset with questions.");
        return most is { } limit ? [.. prompts.Take(limit)] : prompts;
    }

    private static string Text(string path)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(RegularFile.ReadAll(path, MaxBytes)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidInputException("The prompts are not in UTF-8.", path, "Save the file as UTF-8.", e);
        }
    }

    private static List<ComparisonPrompt> Lines(string path) =>
        [.. Text(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => Ask(line))];

    private static ComparisonPrompt Ask(string prompt) => new([new ChatMessage("user", prompt)], null);

    /// <returns>Null if any row is more than a prompt: then the file is a dataset, and its reader says what is wrong with it.</returns>
    private static List<ComparisonPrompt>? PromptsOnly(string path)
    {
        try
        {
            string text = Text(path);
            IEnumerable<string> documents = text.TrimStart().StartsWith('[') ? [text] : text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var prompts = new List<ComparisonPrompt>();
            foreach (string document in documents)
            {
                using JsonDocument parsed = JsonDocument.Parse(document, s_json);
                foreach (JsonElement row in parsed.RootElement.ValueKind == JsonValueKind.Array ? parsed.RootElement.EnumerateArray().ToArray() : [parsed.RootElement])
                {
                    if (OfRow(row) is not { } prompt) return null;
                    prompts.Add(prompt);
                }
            }
            return prompts;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ComparisonPrompt? OfRow(JsonElement row)
    {
        if (row.ValueKind == JsonValueKind.String) return Ask(row.GetString()!);
        if (row.ValueKind != JsonValueKind.Object) return null;
        if (row.TryGetProperty("messages", out JsonElement messages)) return OfMessages(messages);
        JsonProperty[] texts = [.. row.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String && property.Value.GetString()!.Length > 0 && property.Name is not ("id" or "system"))];
        if (texts.Length != 1 || !s_promptKeys.Contains(texts[0].Name)) return null;
        ChatMessage question = new("user", texts[0].Value.GetString()!);
        return row.TryGetProperty("system", out JsonElement system) && system.ValueKind == JsonValueKind.String && system.GetString()!.Length > 0
            ? new ComparisonPrompt([new ChatMessage("system", system.GetString()!), question], null)
            : new ComparisonPrompt([question], null);
    }

    private static ComparisonPrompt? OfMessages(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array) return null;
        var list = new List<ChatMessage>();
        foreach (JsonElement message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !Word(message, "role", out string role) || !Word(message, "content", out string content)) return null;
            list.Add(new ChatMessage(role, content));
        }
        return list is [.., { Role: "user" }] ? new ComparisonPrompt(list, null) : null;
    }

    private static bool Word(JsonElement message, string key, out string text)
    {
        bool found = message.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String;
        text = found ? value.GetString()! : "";
        return found;
    }

    private static List<ComparisonPrompt> OfDataset(DataSettings settings)
    {
        var prompts = new List<ComparisonPrompt>();
        foreach (DatasetRow row in DatasetReader.Open(settings.Dataset!, RowReading.From(settings)).Read())
        {
            switch (row)
            {
                case TextRow text:
                    prompts.Add(Ask(text.Text));
                    break;
                case ConversationRow { Messages: [.., { Role: "user" or "tool" }, { Role: "assistant" }] } answered:
                    prompts.Add(new ComparisonPrompt([.. answered.Messages.SkipLast(1)], answered.Messages[^1].Content));
                    break;
                case ConversationRow { Messages: [.., { Role: "user" }] } open:
                    prompts.Add(new ComparisonPrompt(open.Messages, null));
                    break;
            }
        }
        return prompts;
    }
}
