using System.Text;

namespace TuneSharp.Cli.Terminals;

/// <summary>How many columns a text takes on a screen: Chinese characters and other wide ones take two.</summary>
internal static class DisplayWidth
{
    public static int Of(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes()) width += Of(rune);
        return width;
    }

    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Of(text)));

    /// <summary>Breaks a text into lines of at most <paramref name="width"/> columns: at spaces, or after any wide character.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        int used = 0;
        foreach (string piece in Pieces(text))
        {
            int needed = Of(piece.TrimEnd());
            if (used > 0 && used + needed > width)
            {
                yield return line.ToString().TrimEnd();
                line.Clear();
                used = 0;
            }

            line.Append(piece);
            used += Of(piece);
        }

        yield return line.ToString().TrimEnd();
    }

    /// <summary>What must stay together: a word with the spaces after it, or one wide character with the punctuation after it.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        var piece = new StringBuilder();
        bool mayBreak = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool wide = Of(rune) == 2;
            bool clings = rune.Value == ' ' || "，。；：！？、）”》".Contains(rune.ToString(), StringComparison.Ordinal);
            if (piece.Length > 0 && !clings && (mayBreak || wide))
            {
                yield return piece.ToString();
                piece.Clear();
            }

            piece.Append(rune);
            mayBreak = wide || rune.Value == ' ';
        }

        if (piece.Length > 0) yield return piece.ToString();
    }

    private static int Of(Rune rune) => rune.Value switch
    {
        < 0x1100 => 1,
        <= 0x115F or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD) => 2,
        _ => 1,
    };
}
