namespace TuneSharp.Evaluation.Texts;

/// <summary>Texts as sequences of code points: half of a surrogate pair is never a character.</summary>
public static class CodePoints
{
    /// <summary>Each code point as a text; a lone surrogate stands for itself.</summary>
    public static List<string> Of(string text)
    {
        var points = new List<string>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            points.Add(pair ? text.Substring(i++, 2) : text[i].ToString());
        }
        return points;
    }

    /// <summary>Value of a text of one code point.</summary>
    public static int ValueOf(string point) => point.Length == 2 ? char.ConvertToUtf32(point[0], point[1]) : point[0];
}
