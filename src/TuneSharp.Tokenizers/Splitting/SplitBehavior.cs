using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Splitting;

/// <summary>What becomes of a separator.</summary>
internal enum SplitBehavior
{
    /// <summary>It is dropped.</summary>
    Removed,
    /// <summary>It is a piece of its own.</summary>
    Isolated,
    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,
    /// <summary>It begins the piece behind it.</summary>
    MergedWithNext,
    /// <summary>Neighbouring separators are one piece.</summary>
    Contiguous,
}

/// <summary>A part of a text and whether the pattern matched it.</summary>
internal readonly record struct Match(int Start, int End, bool IsMatch);

/// <summary>Something that finds separators.</summary>
internal abstract class SplitPattern
{
    /// <summary>Appends the matches in order; they do not overlap and may be empty.</summary>
    public abstract void FindMatches(ReadOnlySpan<byte> text, List<TextSpan> matches, TextBudget budget);

    /// <summary>Cuts the text into matches and what lies between them.</summary>
    /// <param name="invert">Swaps the two.</param>
    public List<Match> Cut(ReadOnlySpan<byte> text, bool invert, TextBudget budget)
    {
        var found = new List<TextSpan>();
        FindMatches(text, found, budget);
        var parts = new List<Match>(2 * found.Count + 1);
        int end = 0;
        foreach (TextSpan match in found)
        {
            if (match.Start > end) parts.Add(new Match(end, match.Start, invert));
            parts.Add(new Match(match.Start, match.End, !invert));
            end = match.End;
        }
        if (end < text.Length) parts.Add(new Match(end, text.Length, invert));
        return parts;
    }
}

internal static class SplitBehaviors
{
    /// <summary>The pieces that a behaviour makes of matches and gaps. (The library's rule, also for its odd corners.)</summary>
    public static List<TextSpan> Apply(SplitBehavior behavior, List<Match> parts)
    {
        var pieces = new List<TextSpan>(parts.Count);
        bool previous = false;
        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach (Match part in parts)
                    if (!part.IsMatch) pieces.Add(new TextSpan(part.Start, part.End));
                break;
            case SplitBehavior.Isolated:
                foreach (Match part in parts) pieces.Add(new TextSpan(part.Start, part.End));
                break;
            case SplitBehavior.Contiguous:
                foreach (Match part in parts)
                {
                    if (part.IsMatch == previous && pieces.Count > 0) pieces[^1] = pieces[^1] with { End = part.End };
                    else pieces.Add(new TextSpan(part.Start, part.End));
                    previous = part.IsMatch;
                }
                break;
            case SplitBehavior.MergedWithPrevious:
                foreach (Match part in parts)
                {
                    if (part.IsMatch && !previous && pieces.Count > 0) pieces[^1] = pieces[^1] with { End = part.End };
                    else pieces.Add(new TextSpan(part.Start, part.End));
                    previous = part.IsMatch;
                }
                break;
            default:
                for (int i = parts.Count - 1; i >= 0; i--)
                {
                    Match part = parts[i];
                    if (part.IsMatch && !previous && pieces.Count > 0) pieces[^1] = pieces[^1] with { Start = part.Start };
                    else pieces.Add(new TextSpan(part.Start, part.End));
                    previous = part.IsMatch;
                }
                pieces.Reverse();
                break;
        }
        return pieces;
    }
}
