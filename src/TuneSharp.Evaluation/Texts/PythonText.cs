using System.Text;

namespace TuneSharp.Evaluation.Texts;

/// <summary>
/// Python's string functions as far as published metrics are defined by them: what counts as white space and how a text is
/// put into lower case decides about tokens, and so about scores.
/// </summary>
public static class PythonText
{
    /// <summary>str.isspace: wider than .NET's by U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>str.split(): the runs between white space; none of them is empty.</summary>
    public static List<string> Split(string text)
    {
        var parts = new List<string>();
        for (int i = 0; i < text.Length;)
        {
            if (IsSpace(text[i]))
            {
                i++;
                continue;
            }
            int start = i;
            while (i < text.Length && !IsSpace(text[i])) i++;
            parts.Add(text[start..i]);
        }
        return parts;
    }

    /// <summary>str.rstrip().</summary>
    public static string TrimEnd(string text)
    {
        int end = text.Length;
        while (end > 0 && IsSpace(text[end - 1])) end--;
        return text[..end];
    }

    /// <summary>str.strip().</summary>
    public static string Trim(string text)
    {
        text = TrimEnd(text);
        int start = 0;
        while (start < text.Length && IsSpace(text[start])) start++;
        return text[start..];
    }

    /// <summary>
    /// str.lower(): simple case mapping with Unicode's two exceptions, the dotted capital I (two characters) and the sigma at
    /// the end of a word.
    /// </summary>
    public static string Lower(string text)
    {
        string lower = text.ToLowerInvariant();
        if (!text.Contains('\u0130') && !text.Contains('\u03A3')) return lower;
        var exact = new StringBuilder(text.Length + 4);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u0130') exact.Append("i\u0307");
            else if (text[i] == '\u03A3') exact.Append(EndsWord(text, i) ? '\u03C2' : '\u03C3');
            else exact.Append(lower[i]);
        }
        return exact.ToString();
    }

    private static bool EndsWord(string text, int at) => at > 0 && char.IsLetter(text[at - 1]) && !(at + 1 < text.Length && char.IsLetter(text[at + 1]));
}
