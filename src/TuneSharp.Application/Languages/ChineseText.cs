using System.Text;

namespace TuneSharp.Application.Languages;

/// <summary>Puts pieces of Chinese and foreign text together: a blank between a Chinese character and a foreign word, none between two Chinese ones.</summary>
internal static class ChineseText
{
    /// <summary>Two sentences after one another.</summary>
    public static string Join(string first, string second)
    {
        if (first.Length == 0) return second;
        return IsFullWidth(first[^1]) ? first + second : $"{first} {second}";
    }

    /// <summary>"a, b and c" as "a、b 和 c", if it is a list of names.</summary>
    public static string List(string text, Func<string, bool> isNames) => text.Contains(", ") && text.IndexOfAny(['[', '{', '(']) < 0 && isNames(text)
        ? text.Replace(", ", "、", StringComparison.Ordinal).Replace(" and ", " 和 ", StringComparison.Ordinal).Replace(" or ", " 或 ", StringComparison.Ordinal)
        : text;

    /// <summary>Appends a piece that replaces a hole, or that stands behind one.</summary>
    public static void Append(StringBuilder text, ReadOnlySpan<char> piece)
    {
        if (piece.IsEmpty) return;
        if (text.Length > 1 && text[^1] == ' ' && IsFullWidth(text[^2]) && IsFullWidth(piece[0])) text.Length--;
        else if (text.Length > 0 && piece.Length > 1 && piece[0] == ' ' && IsFullWidth(text[^1]) && IsFullWidth(piece[1])) piece = piece[1..];
        else if (text.Length > 0 && (IsIdeograph(text[^1]) && IsWord(piece[0]) || IsWord(text[^1]) && IsIdeograph(piece[0]))) text.Append(' ');
        text.Append(piece);
    }

    private static bool IsIdeograph(char c) => c is >= '\u4e00' and <= '\u9fff';

    private static bool IsFullWidth(char c) => IsIdeograph(c) || c is (>= '\u3000' and <= '\u303f') or (>= '\uff00' and <= '\uffef') or '“' or '”' or '…';

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '`' or '\'' or '"' or '[' or ']' or '{' or '}' or '(' or ')' or '<' or '>' or '/' or '_' or '%' or '-';
}
