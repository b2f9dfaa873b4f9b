using System.Text;

namespace TuneSharp.Inference.Generation;

/// <summary>
/// Ends a stream of text before the first stop string, and holds back what could still become the beginning of one, so that
/// no reader ever sees a part of it.
/// </summary>
public sealed class StopStrings(IReadOnlyList<string> stops)
{
    private readonly StringBuilder held = new();

    /// <summary>The stop string that ended the text; null so far.</summary>
    public string? StoppedBy { get; private set; }

    /// <param name="piece">The next piece of text.</param>
    /// <returns>What may be shown now; may be empty. After a stop nothing more is shown.</returns>
    public string Push(string piece)
    {
        if (StoppedBy is not null) return "";
        string text = held.Append(piece).ToString();
        held.Clear();

        int at = -1;
        foreach (string stop in stops)
        {
            int found = text.IndexOf(stop, StringComparison.Ordinal);
            if (found < 0 || (at >= 0 && found >= at)) continue;
            at = found;
            StoppedBy = stop;
        }
        if (at >= 0) return text[..at];

        int keep = LongestOpenBeginning(text);
        held.Append(text, text.Length - keep, keep);
        return text[..^keep];
    }

    /// <summary>The text is over: what was held back belongs to it after all.</summary>
    public string Finish()
    {
        string rest = StoppedBy is null ? held.ToString() : "";
        held.Clear();
        return rest;
    }

    // The longest end of the text that a stop string begins with.
    private int LongestOpenBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (!text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) continue;
                longest = length;
                break;
            }
        }
        return longest;
    }
}
