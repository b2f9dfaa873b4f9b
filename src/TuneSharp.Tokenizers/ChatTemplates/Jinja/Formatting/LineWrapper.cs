using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Python's textwrap.wrap: lines of at most a width, broken at blanks, behind hyphens and, if need be, inside words.</summary>
internal sealed class LineWrapper(int width, bool breakLongWords, bool breakOnHyphens, Budget budget)
{
    public List<string> Wrap(string text)
    {
        budget.Inspect(text.Length);
        var chunks = new Stack<string>(Chunks(text).Reverse());
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var line = new List<string>();
            int length = 0;
            if (lines.Count > 0 && IsBlank(chunks.Peek())) chunks.Pop();
            while (chunks.Count > 0 && length + CodePoints.Count(chunks.Peek()) <= width)
            {
                length += CodePoints.Count(chunks.Peek());
                line.Add(chunks.Pop());
            }
            if (chunks.Count > 0 && CodePoints.Count(chunks.Peek()) > width) TakeLong(chunks, line, width - length);
            if (line.Count > 0 && IsBlank(line[^1])) line.RemoveAt(line.Count - 1);
            budget.Elements(line.Count + 1);
            if (line.Count > 0) lines.Add(string.Concat(line));
        }
        return lines;
    }

    private void TakeLong(Stack<string> chunks, List<string> line, int room)
    {
        string chunk = chunks.Peek();
        if (!breakLongWords)
        {
            if (line.Count == 0) line.Add(chunks.Pop());
            return;
        }
        int take = Math.Max(1, room);
        int end = CodePoints.ToUtf16(chunk, take);
        if (breakOnHyphens && chunk.Length > 0 && CodePoints.Count(chunk) > take)
        {
            int hyphen = chunk.LastIndexOf('-', Math.Max(0, end - 1));
            if (hyphen > 0 && chunk.AsSpan(0, hyphen).ContainsAnyExcept('-')) end = hyphen + 1;
        }
        budget.Text(chunk.Length);
        chunks.Pop();
        line.Add(chunk[..end]);
        chunks.Push(chunk[end..]);
    }

    /// <summary>Blanks, words, parts of hyphenated words, dashes.</summary>
    private IEnumerable<string> Chunks(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            if (IsBlank(text[i])) while (i < text.Length && IsBlank(text[i])) i++;
            else if (!breakOnHyphens) while (i < text.Length && !IsBlank(text[i])) i++;
            else i = IsDash(text, i) ? EndOfDash(text, i) : EndOfWord(text, i + 1);
            yield return text[start..i];
        }
    }

    private static int EndOfWord(string text, int i)
    {
        for (; i < text.Length && !IsBlank(text[i]); i++)
        {
            if (IsDash(text, i)) return i;
            if (text[i - 1] == '-' && BreaksBehindHyphen(text, i - 1)) return i;
        }
        return i;
    }

    /// <summary>A hyphen between letters: at least two before it (or a letter, a hyphen and a letter) and two behind it.</summary>
    private static bool BreaksBehindHyphen(string text, int hyphen)
    {
        bool before = IsLetter(text, hyphen - 1) && (IsLetter(text, hyphen - 2) || (hyphen >= 3 && text[hyphen - 2] == '-' && IsLetter(text, hyphen - 3)));
        int second = hyphen + 2 < text.Length && text[hyphen + 2] == '-' ? hyphen + 3 : hyphen + 2;
        return before && IsLetter(text, hyphen + 1) && IsLetter(text, second);
    }

    /// <summary>Two or more hyphens between a word or punctuation and a word.</summary>
    private static bool IsDash(string text, int i) =>
        text[i] == '-' && i > 0 && i + 1 < text.Length && text[i + 1] == '-' && (IsWord(text, i - 1) || text[i - 1] is '!' or '"' or '\'' or '&' or '.' or ',' or '?')
        && IsWord(text, EndOfDash(text, i));

    private static int EndOfDash(string text, int i)
    {
        while (i < text.Length && text[i] == '-') i++;
        return i;
    }

    private static bool IsWord(string text, int i) => i >= 0 && i < text.Length && (text[i] == '_' || CharacterClasses.IsAlphanumeric(text[i]));

    private static bool IsLetter(string text, int i) => IsWord(text, i) && !CharacterClasses.IsDecimal(text[i]);

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\v' or '\f' or '\r';

    private static bool IsBlank(string chunk) => chunk.All(IsBlank);
}
