using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Prompts;

/// <summary>A whole text of which only what follows a marker is learned (<c>train_only_after</c>).</summary>
public static class FixedPrompt
{
    /// <summary>
    /// The text up to and including the first marker as the question, the rest as the answer; a text row, which is learned whole,
    /// when there is no marker or it does not occur.
    /// </summary>
    public static DatasetRow Row(RowSource source, string text, string? marker)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = string.IsNullOrEmpty(marker) ? -1 : text.IndexOf(marker, StringComparison.Ordinal);
        if (at < 0) return new TextRow(source, text);
        int end = at + marker!.Length;
        return new ConversationRow(source, [new Turn(new ChatMessage("user", text[..end])), new Turn(new ChatMessage("assistant", text[end..]))]);
    }
}
