using System.Text;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

/// <summary>Python counts code points, .NET counts UTF-16 units. A lone surrogate counts as one code point in both.</summary>
internal static class CodePoints
{
    public static int Count(ReadOnlySpan<char> text)
    {
        int count = text.Length;
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                count--;
                i++;
            }
        return count;
    }

    /// <summary>UTF-16 position of the code point with that index; the text's length when there are fewer.</summary>
    public static int ToUtf16(ReadOnlySpan<char> text, int index)
    {
        int position = 0;
        for (; index > 0 && position < text.Length; index--) position += WidthAt(text, position);
        return position;
    }

    /// <summary>Units of the code point at a position: 1 or 2.</summary>
    public static int WidthAt(ReadOnlySpan<char> text, int position) =>
        position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]) ? 2 : 1;

    /// <summary>The code point at a position.</summary>
    public static int At(ReadOnlySpan<char> text, int position) =>
        WidthAt(text, position) == 2 ? char.ConvertToUtf32(text[position], text[position + 1]) : text[position];

    public static IEnumerable<string> Split(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int width = WidthAt(text, i);
            yield return text.Substring(i, width);
            i += width;
        }
    }

    public static void Append(StringBuilder builder, int codePoint)
    {
        if (codePoint < 0x10000) builder.Append((char)codePoint);
        else builder.Append(char.ConvertFromUtf32(codePoint));
    }

    public static string ToText(int codePoint) => codePoint < 0x10000 ? ((char)codePoint).ToString() : char.ConvertFromUtf32(codePoint);

    /// <summary>Orders as Python does: by code point, not by UTF-16 unit.</summary>
    public static int Compare(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length) return left.Length.CompareTo(right.Length);
        char a = left[common], b = right[common];
        bool aHigh = char.IsSurrogate(a), bHigh = char.IsSurrogate(b);
        return aHigh == bHigh ? a.CompareTo(b) : aHigh ? (b >= 0xE000 ? 1 : a.CompareTo(b)) : (a >= 0xE000 ? -1 : a.CompareTo(b));
    }
}
