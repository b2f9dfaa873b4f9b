namespace TuneSharp.Data.RowFormats;

/// <summary>How a turn of a conversation is spelled: the keys of role and text, and what its roles are called.</summary>
/// <param name="Role">Key of the role.</param>
/// <param name="Content">Key of the text.</param>
/// <param name="Roles">Spelling → role as chat templates know it; <c>call</c> = an assistant's tool call written as JSON text.</param>
internal sealed record TurnKeys(string Role, string Content, IReadOnlyDictionary<string, string> Roles)
{
    /// <summary>The role of a tool call whose text is the JSON of the call.</summary>
    public const string Call = "call";

    /// <summary>OpenAI's and Hugging Face's spelling.</summary>
    public static TurnKeys OpenAi { get; } = new("role", "content", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["system"] = "system",
        ["developer"] = "system",
        ["user"] = "user",
        ["assistant"] = "assistant",
        ["tool"] = "tool",
        ["function"] = "tool",
        ["human"] = "user",
        ["gpt"] = "assistant",
        ["observation"] = "tool",
        ["function_call"] = Call,
    });

    /// <summary>ShareGPT's spelling.</summary>
    public static TurnKeys ShareGpt { get; } = new("from", "value", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["system"] = "system",
        ["human"] = "user",
        ["user"] = "user",
        ["gpt"] = "assistant",
        ["assistant"] = "assistant",
        ["chatgpt"] = "assistant",
        ["bing"] = "assistant",
        ["bard"] = "assistant",
        ["function_call"] = Call,
        ["observation"] = "tool",
        ["tool"] = "tool",
    });

    /// <summary>The roles that a person may write, for messages.</summary>
    public string KnownRoles => string.Join(", ", Roles.Keys);
}
