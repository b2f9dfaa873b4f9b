using System.Globalization;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

/// <summary>Python's character predicates. They come from .NET's own data, which is there without ICU, and <see cref="CharacterTables"/>.</summary>
internal static class CharacterClasses
{
    private static readonly HashSet<int> s_otherLower = Ranges(CharacterTables.OtherLower);
    private static readonly HashSet<int> s_otherUpper = Ranges(CharacterTables.OtherUpper);
    private static readonly HashSet<int> s_numericIdeographs = Ranges(CharacterTables.NumericIdeographs);

    /// <summary>str.isspace, strip, split and the \s of regular expressions: wider than .NET's by U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    public static bool IsAlpha(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) <= UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int codePoint) => CharUnicodeInfo.GetDigitValue(CodePoints.ToText(codePoint), 0) >= 0;

    public static bool IsNumeric(int codePoint) => CharUnicodeInfo.GetNumericValue(CodePoints.ToText(codePoint), 0) != -1 || s_numericIdeographs.Contains(codePoint);

    public static bool IsAlphanumeric(int codePoint) => IsAlpha(codePoint) || IsDecimal(codePoint) || IsDigit(codePoint) || IsNumeric(codePoint);

    public static bool IsLower(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.LowercaseLetter || s_otherLower.Contains(codePoint);

    public static bool IsUpper(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.UppercaseLetter || s_otherUpper.Contains(codePoint);

    public static bool IsTitle(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Has an upper, lower or title case form.</summary>
    public static bool IsCased(int codePoint) => IsLower(codePoint) || IsUpper(codePoint) || IsTitle(codePoint);

    /// <summary>What Python's repr() shows as it is.</summary>
    public static bool IsPrintable(int codePoint) => codePoint == ' ' || CharUnicodeInfo.GetUnicodeCategory(codePoint) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    public static bool StartsIdentifier(int codePoint) =>
        codePoint == '_' || IsAlpha(codePoint) || CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.LetterNumber;

    public static bool ContinuesIdentifier(int codePoint) => StartsIdentifier(codePoint) || codePoint == 0xB7 || CharUnicodeInfo.GetUnicodeCategory(codePoint) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;

    /// <summary>0 to 9 for any script's decimal digit, otherwise −1.</summary>
    public static int DecimalDigit(string character) => CharUnicodeInfo.GetDecimalDigitValue(character, 0);

    /// <summary>str.strip().</summary>
    public static string Strip(string text) => StripStart(StripEnd(text));

    public static string StripStart(string text)
    {
        int start = 0;
        while (start < text.Length && IsSpace(text[start])) start++;
        return text[start..];
    }

    public static string StripEnd(string text) => text[..EndOf(text)];

    /// <summary>Length without the white space at the end.</summary>
    public static int EndOf(ReadOnlySpan<char> text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return end;
    }

    /// <summary>str.split() without a separator.</summary>
    public static IEnumerable<string> SplitWords(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            while (i < text.Length && IsSpace(text[i])) i++;
            int start = i;
            while (i < text.Length && !IsSpace(text[i])) i++;
            if (i > start) yield return text[start..i];
        }
    }

    /// <summary>str.splitlines(): every kind of line break, none at the end of the pieces unless kept.</summary>
    public static IEnumerable<string> SplitLines(string text, bool keepBreaks)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !IsLineBreak(text[end])) end++;
            int next = end + (end < text.Length ? text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1 : 0);
            yield return text[start..(keepBreaks ? next : end)];
            start = next;
        }
    }

    private static bool IsLineBreak(char c) => c is '\n' or '\r' or '\v' or '\f' or (>= '\u001C' and <= '\u001E') or '\u0085' or '\u2028' or '\u2029';

    private static HashSet<int> Ranges(string table)
    {
        var set = new HashSet<int>();
        foreach (string range in table.Split(' '))
        {
            string[] ends = range.Split('-');
            for (int c = Convert.ToInt32(ends[0], 16); c <= Convert.ToInt32(ends[^1], 16); c++) set.Add(c);
        }
        return set;
    }
}
