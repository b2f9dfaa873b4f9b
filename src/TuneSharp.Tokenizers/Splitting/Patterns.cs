using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>Every single character with a property is a match.</summary>
internal sealed class CharacterPattern(Func<int, bool> isMatch) : SplitPattern
{
    public override void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget)
    {
        for (int at = 0; at < text.Length;)
        {
            int codePoint = Utf8.Decode(text, at, out int length);
            if (isMatch(codePoint)) matches.Add(new TextSpan(at, at + length));
            at += length;
        }
    }
}

/// <summary>Every occurrence of a text is a match.</summary>
internal sealed class LiteralPattern(string literal) : SplitPattern
{
    private readonly byte[] _literal = System.Text.Encoding.UTF8.GetBytes(literal);

    public string Literal => literal;

    public override void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget)
    {
        int at = 0;
        while (text[at..].IndexOf(_literal) is >= 0 and int found)
        {
            matches.Add(new TextSpan(at + found, at + found + _literal.Length));
            at += found + _literal.Length;
        }
    }
}

/// <summary>Properties that pre-tokenizers split at.</summary>
internal static class CharacterProperties
{
    private static readonly CodePointSet s_punctuation = UnicodeTables.GetSet("punctuation8");
    private static readonly CodePointSet s_numeric = UnicodeTables.GetSet("numeric");

    /// <summary>All ASCII punctuation and symbols and category P of Unicode 8.</summary>
    public static bool IsPunctuation(int codePoint) => codePoint < 0x80
        ? codePoint is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~'
        : s_punctuation.Contains(codePoint);

    /// <summary>Categories Nd, Nl, No of Unicode 17.</summary>
    public static bool IsNumeric(int codePoint) => codePoint < 0x80 ? codePoint is >= '0' and <= '9' : s_numeric.Contains(codePoint);
}
