using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Rendering;

/// <summary>Where answers lie in a rendered conversation when the template does not mark them.</summary>
/// <remarks>
/// The prefix rule: answer i goes from the end of (messages before i, with the prompt that opens an answer) to the end of (messages
/// up to i). A template may treat the last message differently, or open an answer with something that a given answer lacks
/// ("&lt;think&gt;"): then the common beginning counts, as long as the answer's header and content lie inside. A template that rewrites
/// earlier turns has no such place: those answers are context only, which the caller reports.
/// </remarks>
internal static class AnswerSpans
{
    /// <param name="whole">The rendering of all messages.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="answer">Index of the answer.</param>
    /// <param name="render">Renders the first n messages, with or without the prompt that opens an answer.</param>
    /// <returns>UTF-16 positions, the end exclusive; null when the answer cannot be located.</returns>
    public static (int Start, int End)? Find(string whole, IReadOnlyList<ChatMessage> messages, int answer, Func<int, bool, string> render)
    {
        string opened = render(answer, true);
        int start = CommonPrefix(whole, opened);
        if (start < opened.Length)
        {
            // What stands before the answer must be there unchanged; only the opening itself may differ at its end.
            string before = answer == 0 ? "" : render(answer, false);
            if (!whole.StartsWith(before, StringComparison.Ordinal) || start < before.Length || start == before.Length && opened.Length > before.Length) return null;
        }
        if (answer == messages.Count - 1) return (start, whole.Length);
        string closed = render(answer + 1, false);
        int end = CommonPrefix(whole, closed);
        string content = messages[answer].Content.Trim();
        bool contentInside = end - start >= content.Length && whole.AsSpan(start, Math.Max(0, end - start)).Contains(content, StringComparison.Ordinal);
        return end == closed.Length || contentInside ? (start, end) : null;
    }

    private static int CommonPrefix(string a, string b) => a.AsSpan().CommonPrefixLength(b);
}
