using System.Globalization;

namespace TuneSharp.Tokenizers.Text;

/// <summary>What splitting rules ask about a character.</summary>
[Flags]
internal enum CodePointClass : byte
{
    /// <summary>Marks, punctuation, symbols, controls, unassigned: none of the others.</summary>
    Other = 0,
    /// <summary>General category L.</summary>
    Letter = 1,
    /// <summary>General category N.</summary>
    Number = 2,
    /// <summary>Property White_Space, line ends included.</summary>
    WhiteSpace = 4,
    /// <summary>U+000A and U+000D.</summary>
    LineEnd = 8,
    /// <summary>General category M.</summary>
    Mark = 16,
    /// <summary>Lu, Lt, Lm, Lo: what may stand in front of a word in the o200k rule (marks too).</summary>
    UpperOrCaseless = 32,
    /// <summary>Ll, Lm, Lo.</summary>
    LowerOrCaseless = 64,
    /// <summary>General categories P and S.</summary>
    PunctuationOrSymbol = 128,
}

/// <summary>Classes of all code points, Unicode 16.0: two table look-ups.</summary>
internal static class CodePointClasses
{
    private static readonly ushort[] s_blocks = new ushort[0x110000 >> 7];
    private static readonly CodePointClass[] s_classes = Build();

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static CodePointClass Of(int codePoint) => s_classes[(s_blocks[codePoint >> 7] << 7) | (codePoint & 0x7F)];

    /// <summary>Property White_Space: U+0009–000D 0020 0085 00A0 1680 2000–200A 2028 2029 202F 205F 3000.</summary>
    public static bool IsWhiteSpace(int codePoint) => (Of(codePoint) & CodePointClass.WhiteSpace) != 0;

    private static CodePointClass[] Build()
    {
        var blocks = new Dictionary<string, ushort>(StringComparer.Ordinal);
        var classes = new List<CodePointClass>();
        char[] block = new char[128];
        for (int start = 0; start < 0x110000; start += 128)
        {
            for (int i = 0; i < 128; i++) block[i] = (char)Classify(start + i);
            string key = new(block);
            if (!blocks.TryGetValue(key, out ushort number))
            {
                number = (ushort)blocks.Count;
                blocks.Add(key, number);
                foreach (char c in block) classes.Add((CodePointClass)c);
            }
            s_blocks[start >> 7] = number;
        }
        return [.. classes];
    }

    private static CodePointClass Classify(int codePoint)
    {
        if (codePoint is '\n' or '\r') return CodePointClass.WhiteSpace | CodePointClass.LineEnd;
        if (codePoint is >= 9 and <= 13 or 0x85) return CodePointClass.WhiteSpace;
        return UnicodeCategories.Of(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CodePointClass.Letter | CodePointClass.UpperOrCaseless,
            UnicodeCategory.LowercaseLetter => CodePointClass.Letter | CodePointClass.LowerOrCaseless,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter =>
                CodePointClass.Letter | CodePointClass.UpperOrCaseless | CodePointClass.LowerOrCaseless,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CodePointClass.Number,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CodePointClass.Mark,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => CodePointClass.WhiteSpace,
            >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => CodePointClass.PunctuationOrSymbol,
            >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => CodePointClass.PunctuationOrSymbol,
            _ => CodePointClass.Other,
        };
    }
}
