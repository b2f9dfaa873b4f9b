using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.SftRows;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;
using Encoding = TuneSharp.Tokenizers.Encoding;

namespace TuneSharp.Golden.Topics;

/// <summary>Real chat templates × conversations, Jinja snippets, assistant masks: texts, errors, ids and masks must be equal.</summary>
public sealed class ChatTemplatesTopic : IGoldenTopic
{
    private static readonly string[] s_inputs = ["conversations.json", "templates", "generation_templates"];

    public string Topic => "text/chat_templates";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        var tokenizers = new SftTokenizers(folder);
        foreach (string path in Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.GetFileName(path);
            if (s_inputs.Contains(file) || !GoldenFixtures.IsCaseFile(path)) continue;
            IEnumerable<GoldenCase> cases = file switch
            {
                "golden.json.gz" or "golden.json" => Renderings(folder, file),
                "jinja_cases.json" or "jinja_cases.json.gz" => Snippets(folder, file),
                "assistant_masks.json.gz" or "assistant_masks.json" => Masks(folder, file, tokenizers),
                _ => [new GoldenCase(file, () => GoldenResult.NotBuilt("a comparison for this kind of file"))],
            };
            foreach (GoldenCase found in cases) yield return found;
        }
    }

    public string? SpoilOne(string copy)
    {
        string? path = Directory.GetFiles(copy, "jinja_cases.json*").FirstOrDefault();
        if (path is null) return null;
        JsonNode file = JsonNode.Parse(GoldenFixtures.ReadText(path))!;
        JsonArray snippets = file["cases"]!.AsArray();
        for (int i = 0; i < snippets.Count; i++)
        {
            if (snippets[i]!["text"] is not JsonNode text || !Snippet(snippets[i]!.AsObject(), Clock(copy)).Agreed) continue;
            snippets[i]!["text"] = (string)text! + "x";
            GoldenFixtures.WriteText(path, file.ToJsonString());
            return $"{Path.GetFileName(path)}/{i}";
        }
        return null;
    }

    private static IEnumerable<GoldenCase> Renderings(string folder, string file)
    {
        JsonObject conversations = Conversations(folder)["conversations"]!.AsObject();
        TimeProvider clock = Clock(folder);
        foreach (JsonNode? entry in JsonNode.Parse(GoldenFixtures.ReadText(Path.Combine(folder, file)))!["templates"]!.AsArray())
        {
            string name = (string)entry!["template"]!;
            var template = new Lazy<ChatTemplate>(() => ReadTemplate(Path.Combine(folder, "templates", name)));
            Dictionary<string, string> special = Texts(entry["special_tokens"]);
            int index = 0;
            foreach (JsonNode? expected in entry["cases"]!.AsArray())
            {
                string conversation = (string)expected!["conversation"]!;
                yield return new GoldenCase($"{file}/{name}/{index++}-{conversation}", () =>
                    Outcome(expected.AsObject(), () => template.Value.Render(Input(conversations[conversation]!, expected["options"], special, clock)).Text));
            }
        }
    }

    private static IEnumerable<GoldenCase> Snippets(string folder, string file)
    {
        TimeProvider clock = Clock(folder);
        JsonArray snippets = JsonNode.Parse(GoldenFixtures.ReadText(Path.Combine(folder, file)))!["cases"]!.AsArray();
        return snippets.Select((snippet, i) => new GoldenCase($"{file}/{i}", () => Snippet(snippet!.AsObject(), clock)));
    }

    private static GoldenResult Snippet(JsonObject snippet, TimeProvider clock) =>
        Outcome(snippet, () => ChatTemplate.Parse((string)snippet["template"]!).RenderPlain(snippet["context"]!.AsObject(), clock).Text);

    private static IEnumerable<GoldenCase> Masks(string folder, string file, SftTokenizers tokenizers)
    {
        JsonObject conversations = Conversations(folder)["conversations"]!.AsObject();
        TimeProvider clock = Clock(folder);
        foreach (JsonNode? entry in JsonNode.Parse(GoldenFixtures.ReadText(Path.Combine(folder, file)))!["cases"]!.AsArray())
        {
            string tokenizer = (string)entry!["tokenizer"]!, template = (string)entry["template"]!, conversation = (string)entry["conversation"]!;
            yield return new GoldenCase($"{file}/{tokenizer}/{template}/{conversation}", () =>
            {
                ChatTemplate parsed = ReadTemplate(Path.Combine(folder, "generation_templates", template + ".jinja"));
                RenderedChat chat = parsed.Render(Input(conversations[conversation]!, entry["options"], Texts(entry["special_tokens"]), clock));
                if (chat.Text != (string)entry["text"]!) return Differs("text", (string)entry["text"]!, chat.Text);
                int[] places = [.. chat.AssistantSpans.SelectMany(span => new[] { CodePoints(chat.Text, span.Start), CodePoints(chat.Text, span.End) })];
                if (!places.SequenceEqual(entry["spans"]!.AsArray().SelectMany(span => Integers(span!)))) return GoldenResult.Equal(false, "the spans differ: " + string.Join(',', places));
                return tokenizers.Load(tokenizer) is Tokenizer loaded ? Mask(entry.AsObject(), chat, loaded.Encode(chat.Text)) : GoldenResult.NotBuilt("the tokenizer " + tokenizer);
            });
        }
    }

    /// <summary>From the token that holds a block's first character to the one that holds its last.</summary>
    private static GoldenResult Mask(JsonObject entry, RenderedChat chat, Encoding encoding)
    {
        if (!encoding.Ids.SequenceEqual(Integers(entry["input_ids"]!))) return GoldenResult.Equal(false, "the ids differ");
        int[] mask = [.. encoding.Offsets.Select(token => chat.AssistantSpans.Any(span => token.End > span.Start && token.Start < span.End) ? 1 : 0)];
        return GoldenResult.Equal(mask.SequenceEqual(Integers(entry["assistant_masks"]!)), "the masks differ");
    }

    private static GoldenResult Outcome(JsonObject expected, Func<string> render)
    {
        string? text = (string?)expected["text"];
        try
        {
            string rendered = render();
            if (text is null) return GoldenResult.Equal(false, "rendered, but the reference refuses: " + (string?)expected["error"]!["message"]);
            return rendered == text ? GoldenResult.Equal(true) : Differs("text", text, rendered);
        }
        catch (InvalidInputException e)
        {
            if (text is not null) return GoldenResult.Equal(false, "refused: " + e.Message);
            JsonNode error = expected["error"]!;
            bool byTemplate = (string?)error["where"] == "template";
            var fault = (e as ChatTemplateException)?.Fault;
            if (byTemplate != (fault == ChatTemplateFault.Raised)) return GoldenResult.Equal(false, $"{error["where"]} should refuse, but {fault} did: {e.Message}");
            if (byTemplate && e.Problem != (string)error["message"]!) return Differs("message", (string)error["message"]!, e.Problem);
            int? line = (int?)error["line"];
            return GoldenResult.Equal(line is null || line == (e as ChatTemplateException)?.Line, $"the error is on line {line}");
        }
    }

    private static ChatTemplateInput Input(JsonNode conversation, JsonNode? options, IReadOnlyDictionary<string, string> special, TimeProvider clock)
    {
        var variables = (JsonObject)(options?.DeepClone() ?? new JsonObject());
        bool Take(string name) => variables.Remove(name, out JsonNode? value) && (bool)value!;
        return new ChatTemplateInput([.. conversation["messages"]!.AsArray().Select(message => ChatMessage.FromJson(message!.AsObject()))])
        {
            Tools = conversation["tools"] as JsonArray,
            Documents = conversation["documents"] as JsonArray,
            AddGenerationPrompt = Take("add_generation_prompt"),
            ContinueFinalMessage = Take("continue_final_message"),
            Variables = variables,
            SpecialTokens = special,
            Clock = clock,
        };
    }

    private static ChatTemplate ReadTemplate(string path) => ChatTemplate.Parse(System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path)), Path.GetFileName(path));

    private static JsonObject Conversations(string folder) => JsonNode.Parse(GoldenFixtures.ReadText(Path.Combine(folder, "conversations.json")))!.AsObject();

    private static FixedClock Clock(string folder) =>
        new(DateTimeOffset.Parse((string)Conversations(folder)["clock"]!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private static Dictionary<string, string> Texts(JsonNode? json) =>
        json?.AsObject().ToDictionary(pair => pair.Key, pair => (string)pair.Value!, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    private static IEnumerable<int> Integers(JsonNode json) => json.AsArray().Select(value => (int)value!);

    private static int CodePoints(string text, int utf16)
    {
        int count = 0;
        foreach (Rune _ in text.AsSpan(0, utf16).EnumerateRunes()) count++;
        return count;
    }

    private static GoldenResult Differs(string what, string expected, string actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        return GoldenResult.Equal(false, $"the {what} differs at {at}: expected {Piece(expected, at)}, got {Piece(actual, at)}");
    }

    private static string Piece(string text, int at) => JsonValue.Create(text.Substring(at, Math.Min(60, text.Length - at))).ToJsonString();

    private sealed class FixedClock(DateTimeOffset time) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => time;
    }
}
