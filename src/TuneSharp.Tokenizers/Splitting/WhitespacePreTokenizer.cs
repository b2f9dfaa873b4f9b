using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>Whitespace: <c>\w+|[^\w\s]+</c>; what matches neither (white space) is dropped.</summary>
internal sealed class WhitespacePreTokenizer : PreTokenizer
{
    public override void Split(Piece piece, List<Piece> output)
    {
        ReadOnlySpan<byte> bytes = piece.Bytes;
        int start = 0;
        int kind = 0;
        for (int at = 0; at < bytes.Length;)
        {
            int next = KindOf(Utf8.Decode(bytes, at, out int length));
            if (next != kind)
            {
                if (kind != 0) AddPart(piece, start, at, output);
                start = at;
                kind = next;
            }
            at += length;
        }
        if (kind != 0) AddPart(piece, start, bytes.Length, output);
    }

    private static int KindOf(int codePoint) => WordCharacters.Contains(codePoint) ? 1 : CodePointClasses.IsWhiteSpace(codePoint) ? 0 : 2;
}

/// <summary>The matches of a regular expression.</summary>
internal sealed class RegexPattern(Regexes.Regex regex) : SplitPattern
{
    public override void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget) => regex.FindMatches(text, matches, budget);
}
