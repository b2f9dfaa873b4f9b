using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>Methods of str that take something away at the ends.</summary>
internal static class TextTrimming
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("strip", "chars=, /", c => Strip(c.SelfText, c[0], atStart: true, atEnd: true, c)),
        new("lstrip", "chars=, /", c => Strip(c.SelfText, c[0], atStart: true, atEnd: false, c)),
        new("rstrip", "chars=, /", c => Strip(c.SelfText, c[0], atStart: false, atEnd: true, c)),
        new("removeprefix", "prefix, /", c => c.SelfText.Text.StartsWith(c.Text(0), StringComparison.Ordinal) ? c.NewText(c.SelfText.Text[c.Text(0).Length..], c.SelfText.IsMarkup) : c.Self),
        new("removesuffix", "suffix, /", c => c.SelfText.Text.EndsWith(c.Text(0), StringComparison.Ordinal) ? c.NewText(c.SelfText.Text[..^c.Text(0).Length], c.SelfText.IsMarkup) : c.Self),
    ];

    /// <param name="text">The text.</param>
    /// <param name="characters">Characters to take away; null or None = white space.</param>
    /// <param name="atStart">At the start.</param>
    /// <param name="atEnd">At the end.</param>
    /// <param name="c">The call.</param>
    public static TextValue Strip(TextValue text, Value? characters, bool atStart, bool atEnd, in BoundCall c)
    {
        c.Budget.Scan(text.Text.Length);
        string result = text.Text;
        if (characters is null or NoneValue)
        {
            if (atEnd) result = CharacterClasses.StripEnd(result);
            if (atStart) result = CharacterClasses.StripStart(result);
        }
        else if (characters is TextValue { Text: var set })
        {
            int start = 0, end = result.Length;
            while (atStart && start < end && Holds(set, result.AsSpan(start, CodePoints.WidthAt(result, start)), c)) start += CodePoints.WidthAt(result, start);
            while (atEnd && end > start && Holds(set, result.AsSpan(end - WidthBefore(result, end), WidthBefore(result, end)), c)) end -= WidthBefore(result, end);
            result = result[start..end];
        }
        else throw JinjaException.Evaluation($"strip arg must be None or str, not {characters.TypeName}.");
        return result.Length == text.Text.Length ? text : c.NewText(result, text.IsMarkup);
    }

    private static int WidthBefore(string text, int end) => end >= 2 && char.IsSurrogatePair(text[end - 2], text[end - 1]) ? 2 : 1;

    private static bool Holds(string set, ReadOnlySpan<char> character, in BoundCall c)
    {
        c.Budget.Work(1 + (set.Length >> 4));
        return set.AsSpan().IndexOf(character) >= 0;
    }
}
