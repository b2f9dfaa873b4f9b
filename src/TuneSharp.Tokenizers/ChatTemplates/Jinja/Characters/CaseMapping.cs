using System.Globalization;
using System.Text;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

/// <summary>Python's upper, lower, title, capitalize, swapcase and casefold: full mappings (ß becomes SS), the final sigma, no locale.</summary>
internal static class CaseMapping
{
    private const char Sigma = '\u03A3';

    private static readonly Dictionary<int, string> s_upper = Read(CharacterTables.Upper);
    private static readonly Dictionary<int, string> s_title = Read(CharacterTables.Title);

    public static string Upper(string text) => Ascii.IsValid(text) ? text.ToUpperInvariant() : Map(text, (_, codePoint) => Upper(codePoint));

    public static string Lower(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : Map(text, LowerAt(text));

    /// <summary>str.title(): a letter after something that is not one begins a word.</summary>
    public static string Title(string text)
    {
        Func<int, int, string> lower = LowerAt(text);
        bool inWord = false;
        return Map(text, (position, codePoint) =>
        {
            string mapped = inWord ? lower(position, codePoint) : Title(codePoint);
            inWord = CharacterClasses.IsCased(codePoint);
            return mapped;
        });
    }

    public static string Capitalize(string text)
    {
        Func<int, int, string> lower = LowerAt(text);
        return Map(text, (position, codePoint) => position == 0 ? Title(codePoint) : lower(position, codePoint));
    }

    public static string SwapCase(string text)
    {
        Func<int, int, string> lower = LowerAt(text);
        return Map(text, (position, codePoint) =>
            CharacterClasses.IsUpper(codePoint) ? lower(position, codePoint) : CharacterClasses.IsLower(codePoint) ? Upper(codePoint) : CodePoints.ToText(codePoint));
    }

    public static string CaseFold(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : Map(text, (_, codePoint) => codePoint switch
    {
        0x131 => "\u0131",
        0x1E9E => "ss",
        >= 0x13A0 and <= 0x13F5 => ((char)codePoint).ToString(),
        >= 0x13F8 and <= 0x13FD => ((char)(codePoint - 8)).ToString(),
        >= 0xAB70 and <= 0xABBF => ((char)(codePoint - 0xAB70 + 0x13A0)).ToString(),
        _ => string.Concat(CodePoints.Split(Upper(codePoint)).Select(c => SimpleLower(CodePoints.At(c, 0)))),
    });

    /// <summary>str.islower(), str.isupper(): cased characters, all of one case.</summary>
    public static bool IsAll(string text, Func<int, bool> wanted)
    {
        bool any = false;
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i))
        {
            int codePoint = CodePoints.At(text, i);
            if (!CharacterClasses.IsCased(codePoint)) continue;
            if (!wanted(codePoint)) return false;
            any = true;
        }
        return any;
    }

    /// <summary>str.istitle().</summary>
    public static bool IsTitle(string text)
    {
        bool any = false, inWord = false;
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i))
        {
            int codePoint = CodePoints.At(text, i);
            bool begins = CharacterClasses.IsUpper(codePoint) || CharacterClasses.IsTitle(codePoint);
            if (begins ? inWord : CharacterClasses.IsLower(codePoint) && !inWord) return false;
            inWord = CharacterClasses.IsCased(codePoint);
            any |= inWord;
        }
        return any;
    }

    private static string Upper(int codePoint) => s_upper.TryGetValue(codePoint, out string? full) ? full : CodePoints.ToText(codePoint).ToUpperInvariant();

    private static string Title(int codePoint) => codePoint is >= 0x10D0 and <= 0x10FF
        ? ((char)codePoint).ToString()
        : s_title.TryGetValue(codePoint, out string? full) ? full : CodePoints.ToText(codePoint).ToUpperInvariant();

    private static string SimpleLower(int codePoint) => codePoint == 0x130 ? "i\u0307" : CodePoints.ToText(codePoint).ToLowerInvariant();

    private static Func<int, int, string> LowerAt(string text) => (position, codePoint) =>
        codePoint == Sigma ? IsFinal(text, position) ? "\u03C2" : "\u03C3" : SimpleLower(codePoint);

    /// <summary>A sigma is final when a cased letter stands before it and none behind it, apart from characters that case ignores.</summary>
    private static bool IsFinal(string text, int position)
    {
        int before = position - 1;
        while (before >= 0 && IsCaseIgnorable(text, before)) before--;
        if (before < 0 || !CharacterClasses.IsCased(CharacterAt(text, before))) return false;
        int behind = position + 1;
        while (behind < text.Length && IsCaseIgnorable(text, behind)) behind++;
        return behind >= text.Length || !CharacterClasses.IsCased(CharacterAt(text, behind));
    }

    private static int CharacterAt(string text, int position) =>
        char.IsLowSurrogate(text[position]) && position > 0 ? CodePoints.At(text, position - 1) : CodePoints.At(text, position);

    private static bool IsCaseIgnorable(string text, int position) => text[position] is '\'' or '.' or ':' or '\u00B7' or '\u2019' or '\u2018'
        || CharUnicodeInfo.GetUnicodeCategory(CharacterAt(text, position)) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static string Map(string text, Func<int, int, string> map)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i)) result.Append(map(i, CodePoints.At(text, i)));
        return result.ToString();
    }

    private static Dictionary<int, string> Read(string table)
    {
        var mapping = new Dictionary<int, string>();
        foreach (string entry in table.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = entry.Split('=');
            mapping.Add(Convert.ToInt32(sides[0], 16), string.Concat(sides[1].Split(' ').Select(c => CodePoints.ToText(Convert.ToInt32(c, 16)))));
        }
        return mapping;
    }
}
