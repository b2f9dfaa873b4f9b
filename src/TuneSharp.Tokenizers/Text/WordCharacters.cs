using System.Globalization;

namespace TuneSharp.Tokenizers.Text;

/// <summary><c>\w</c> of Unicode's regular expressions: letters, marks, decimal digits, letter numbers, connectors, joiners.</summary>
internal static class WordCharacters
{
    public static bool Contains(int codePoint)
    {
        if (codePoint is 0x200C or 0x200D || IsOtherAlphabetic(codePoint)) return true;
        return UnicodeCategories.Of(codePoint) is
            <= UnicodeCategory.OtherLetter or
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;
    }

    /// <summary>Circled and squared letters are symbols that count as alphabetic.</summary>
    private static bool IsOtherAlphabetic(int codePoint) =>
        codePoint is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    public static bool EndsWithOne(ReadOnlySpan<byte> text) =>
        text.Length > 0 && Contains(Utf8.Decode(text, Utf8.PreviousStart(text, text.Length), out _));

    public static bool StartsWithOne(ReadOnlySpan<byte> text) => text.Length > 0 && Contains(Utf8.Decode(text, 0, out _));
}
