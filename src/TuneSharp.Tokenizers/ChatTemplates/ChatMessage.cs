using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>
/// One message of a conversation as chat templates see it. <see cref="Extra"/> holds every further key (<c>tool_calls</c>,
/// <c>name</c>, <c>tool_call_id</c>, <c>reasoning_content</c> …). A key <c>content</c> in there replaces <paramref name="Content"/>: a list of
/// parts (<c>[{"type": "text", "text": …}]</c>), or null for a message without content.
/// </summary>
/// <param name="Role">system, user, assistant, tool …; the template decides which it knows.</param>
/// <param name="Content">The text; empty when the message has none.</param>
public sealed record ChatMessage(string Role, string Content)
{
    /// <summary>Further keys of the message; read, never changed.</summary>
    public JsonObject? Extra { get; init; }

    /// <summary>The keys in the order in which the source had them; templates that print a whole message show it.</summary>
    internal IReadOnlyList<string>? KeyOrder { get; init; }

    /// <summary>Reads <c>{"role": …, "content": text | parts | null, …}</c>.</summary>
    /// <exception cref="InvalidInputException">The role is missing, or the role or content is of another kind.</exception>
    public static ChatMessage FromJson(JsonObject message, string? where = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        try
        {
            return Read(message, where);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // JSON nodes read their text late: half of a surrogate pair, a key that occurs twice.
            throw new InvalidInputException("The message is not valid JSON: " + e.Message, where, "Correct the row.", e);
        }
    }

    private static ChatMessage Read(JsonObject message, string? where)
    {
        if (message["role"] is not JsonValue roleValue || !roleValue.TryGetValue(out string? role))
            throw new InvalidInputException("The message has no role.", where, "Give each message a role such as user or assistant.");
        string text = "";
        JsonObject? extra = null;
        foreach ((string key, JsonNode? value) in message)
        {
            if (key == "role") continue;
            if (key == "content" && value is JsonValue textValue)
            {
                if (!textValue.TryGetValue(out string? content))
                    throw new InvalidInputException("The content of the message is neither text nor a list of parts.", where, "Write it in quotes.");
                text = content;
                continue;
            }
            (extra ??= []).Add(key, value?.DeepClone());
        }
        if (!message.ContainsKey("content")) (extra ??= []).Add("content", null);
        return new ChatMessage(role, text) { Extra = extra, KeyOrder = [.. message.Select(pair => pair.Key)] };
    }

    /// <summary>The message as JSON, as a template sees it: keys whose value is null are left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (string key in KeyOrder ?? ["role", "content"]) Add(key);
        if (Extra is not null) foreach ((string key, _) in Extra) Add(key);
        Add("role");
        Add("content");
        return json;

        void Add(string key)
        {
            if (json.ContainsKey(key)) return;
            if (Extra is not null && key != "role" && Extra.TryGetPropertyValue(key, out JsonNode? value))
            {
                if (value is not null) json.Add(key, value.DeepClone());
            }
            else if (key == "role") json.Add(key, Role);
            else if (key == "content") json.Add(key, Content);
        }
    }

    /// <summary>Equal when role, content and all further keys are.</summary>
    public bool Equals(ChatMessage? other) => other is not null && JsonNode.DeepEquals(ToJson(), other.ToJson());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Content);
}
