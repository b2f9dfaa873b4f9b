using System.Text;

namespace TuneSharp.Formats.Errors;

/// <summary>Shows a text from outside within an error message: in quotes, cut to a readable length, without control characters.</summary>
public static class Quoted
{
    private const int MaxLength = 120;

    /// <summary>Null is shown as the word null.</summary>
    public static string Text(string? text)
    {
        if (text is null) return "null";
        var quoted = new StringBuilder("'");
        int shown = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown++ == MaxLength) { quoted.Append('…'); break; }
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or
                System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator)
                quoted.Append($"\\u{rune.Value:x4}");
            else
                quoted.Append(rune);
        }
        return quoted.Append('\'').ToString();
    }
}
