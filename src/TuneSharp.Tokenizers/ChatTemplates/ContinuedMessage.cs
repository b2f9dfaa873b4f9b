using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>
/// The final message of a conversation that a model is to go on writing. A mark behind its text is rendered along; the result is cut there,
/// so that nothing that closes the message stays (the rule of Hugging Face's apply_chat_template).
/// </summary>
internal sealed class ContinuedMessage
{
    private const string Mark = "CONTINUE_FINAL_MESSAGE_TAG";

    private readonly string _text;
    private readonly string? _where;

    private ContinuedMessage(string text, JsonObject marked, string? where)
    {
        _text = text;
        Marked = marked;
        _where = where;
    }

    /// <summary>The message with the mark behind its text.</summary>
    public JsonObject Marked { get; }

    public static ContinuedMessage Prepare(ChatTemplateInput input, ChatTemplate template)
    {
        if (input.AddGenerationPrompt)
            throw Refuse("add_generation_prompt opens a new answer, continue_final_message goes on with the last one: they do not go together.", template.Where);
        if (input.Messages.Count == 0) throw Refuse("continue_final_message is set, but there is no message to continue.", template.Where);
        JsonObject message = TemplateMessage.From(input.Messages[^1]);
        if (!template.Source.Contains("content", StringComparison.Ordinal)) throw Refuse("continue_final_message is set, but the template does not read the content of messages.", template.Where);
        if (message["content"] is JsonArray parts)
        {
            JsonObject? last = parts.OfType<JsonObject>().LastOrDefault(part => part.ContainsKey("text"));
            if (TextOf(last?["text"]) is not string partText) throw Refuse("continue_final_message is set, but the final message holds no text to continue.", template.Where);
            last!["text"] = partText + Mark + " ";
            return new ContinuedMessage(partText, message, template.Where);
        }
        if (TextOf(message["content"]) is not string text) throw Refuse("continue_final_message is set, but the final message has no content to continue.", template.Where);
        message["content"] = text + Mark + " ";
        return new ContinuedMessage(text, message, template.Where);
    }

    /// <summary>The rendered text up to the mark. When the template trimmed the blank behind the mark, white space at the end goes too.</summary>
    public RenderedChat Cut(RenderedChat rendered)
    {
        string text = rendered.Text;
        int mark = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (mark < 0 || !text.Contains(CharacterClasses.Strip(_text), StringComparison.Ordinal))
            throw Refuse("continue_final_message is set, but the template drops or changes the final message, so there is no place to go on from.", _where);
        bool keepsBlanks = mark + Mark.Length < text.Length && text[mark + Mark.Length] == ' ';
        int end = keepsBlanks ? mark : CharacterClasses.EndOf(text.AsSpan(0, mark));
        return new RenderedChat(text[..end], [.. rendered.AssistantSpans.Where(span => span.Start < end).Select(span => span with { End = Math.Min(span.End, end) })]);
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static ChatTemplateException Refuse(string problem, string? where) => new(ChatTemplateFault.Caller, problem, where);
}
