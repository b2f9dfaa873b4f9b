namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

/// <summary>
/// Looks for a text in a text in linear time. .NET's own search, which is fast for short texts, takes quadratic time for long ones that
/// almost match everywhere; those are found with the algorithm of Knuth, Morris and Pratt.
/// </summary>
internal static class TextFinder
{
    private const int LongestForBuiltIn = 64;

    /// <summary>Position of the first occurrence at or behind <paramref name="from"/>; −1 when there is none.</summary>
    public static int IndexOf(ReadOnlySpan<char> text, ReadOnlySpan<char> part, int from = 0)
    {
        ReadOnlySpan<char> rest = text[from..];
        int found = part.Length <= LongestForBuiltIn ? rest.IndexOf(part) : Find(rest, part, backwards: false);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>Position of the last occurrence; −1 when there is none.</summary>
    public static int LastIndexOf(ReadOnlySpan<char> text, ReadOnlySpan<char> part) =>
        part.Length <= LongestForBuiltIn ? text.LastIndexOf(part) : Find(text, part, backwards: true);

    /// <summary>Occurrences that do not overlap.</summary>
    public static int Count(ReadOnlySpan<char> text, ReadOnlySpan<char> part)
    {
        if (part.Length <= LongestForBuiltIn) return text.Count(part);
        int count = 0;
        for (int at = IndexOf(text, part); at >= 0; at = IndexOf(text, part, at + part.Length)) count++;
        return count;
    }

    private static int Find(ReadOnlySpan<char> text, ReadOnlySpan<char> part, bool backwards)
    {
        if (part.Length > text.Length) return -1;
        int[] borders = Borders(part, backwards);
        int matched = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = At(text, i, backwards);
            while (matched > 0 && At(part, matched, backwards) != c) matched = borders[matched - 1];
            if (At(part, matched, backwards) == c) matched++;
            if (matched == part.Length) return backwards ? text.Length - 1 - i : i - part.Length + 1;
        }
        return -1;
    }

    /// <summary>For each beginning of the part, the length of its longest proper beginning that is also its end.</summary>
    private static int[] Borders(ReadOnlySpan<char> part, bool backwards)
    {
        int[] borders = new int[part.Length];
        for (int i = 1, length = 0; i < part.Length; i++)
        {
            while (length > 0 && At(part, length, backwards) != At(part, i, backwards)) length = borders[length - 1];
            if (At(part, length, backwards) == At(part, i, backwards)) length++;
            borders[i] = length;
        }
        return borders;
    }

    private static char At(ReadOnlySpan<char> text, int index, bool backwards) => backwards ? text[text.Length - 1 - index] : text[index];
}
