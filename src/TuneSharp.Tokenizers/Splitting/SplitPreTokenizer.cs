using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>Splits at a pattern: the components Split, Punctuation, Digits, WhitespaceSplit, CharDelimiterSplit, Whitespace.</summary>
internal sealed class SplitPreTokenizer(SplitPattern pattern, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    /// <summary>The scanner that gives the same pieces; null when there is none.</summary>
    public PieceScanner? Scanner => pattern is ScannedPattern scanned && behavior == SplitBehavior.Isolated ? scanned.Scanner : null;

    public override void Split(Piece piece, List<Piece> output)
    {
        foreach (TextSpan part in SplitBehaviors.Apply(behavior, pattern.Cut(piece.Bytes, invert, piece.Text.Budget))) AddPart(piece, part.Start, part.End, output);
    }
}

/// <summary>A known regular expression, through its scanner: every piece is a match.</summary>
internal sealed class ScannedPattern(PieceScanner scanner) : SplitPattern
{
    public PieceScanner Scanner => scanner;

    public override void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget)
    {
        var ends = new IntList();
        scanner.Split(text, ends);
        int start = 0;
        foreach (int end in ends.Items)
        {
            matches.Add(new TextSpan(start, end));
            start = end;
        }
    }
}
