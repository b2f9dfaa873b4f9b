using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>Methods of str that look for another text.</summary>
internal static class TextSearch
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("find", "sub, start=, end=, /", c => IntegerValue.Of(Find(c, last: false))),
        new("rfind", "sub, start=, end=, /", c => IntegerValue.Of(Find(c, last: true))),
        new("index", "sub, start=, end=, /", c => IntegerValue.Of(Required(Find(c, last: false)))),
        new("rindex", "sub, start=, end=, /", c => IntegerValue.Of(Required(Find(c, last: true)))),
        new("count", "sub, start=, end=, /", Count),
        new("startswith", "prefix, start=, end=, /", c => Matches(c, (text, part) => text.StartsWith(part, StringComparison.Ordinal))),
        new("endswith", "suffix, start=, end=, /", c => Matches(c, (text, part) => text.EndsWith(part, StringComparison.Ordinal))),
        new("replace", "old, new, count=, /", c => Replace(c.SelfText, c.Text(0), Replacement(c), c.Int(2, -1), c)),
    ];

    /// <summary>Replaces the first occurrences, all when the count is negative. An empty text occurs between all characters.</summary>
    public static TextValue Replace(TextValue text, string old, string replacement, int count, in BoundCall c)
    {
        c.Budget.Scan(text.Text.Length);
        string source = text.Text;
        TextOutput output = c.NewOutput();
        int position = 0;
        if (old.Length == 0)
        {
            for (; count != 0; count--)
            {
                output.Write(replacement);
                if (position >= source.Length) break;
                int width = CodePoints.WidthAt(source, position);
                output.Write(source.AsSpan(position, width));
                position += width;
            }
        }
        else
        {
            for (int next; count != 0 && (next = TextFinder.IndexOf(source, old, position)) >= 0; count--)
            {
                output.Write(source.AsSpan(position, next - position));
                output.Write(replacement);
                position = next + old.Length;
            }
            if (position == 0) return text;
        }
        output.Write(source.AsSpan(position));
        return TextValue.Of(output.ToString(), text.IsMarkup);
    }

    private static string Replacement(in BoundCall c) => c.SelfText.IsMarkup ? HtmlText.Escaped(c.Required(1), c.Context) : c.Text(1);

    private static int Required(int position) => position >= 0 ? position : throw JinjaException.Evaluation("substring not found.");

    private static int Find(in BoundCall c, bool last)
    {
        TextValue text = c.SelfText;
        string part = c.Text(0);
        if (Window(c) is not (int start, int end)) return -1;
        ReadOnlySpan<char> window = text.Text.AsSpan(start, end - start);
        c.Budget.Scan(part.Length);
        int found = last ? TextFinder.LastIndexOf(window, part) : TextFinder.IndexOf(window, part);
        return found < 0 ? -1 : text.ToCodePointIndex(start + found);
    }

    private static IntegerValue Count(BoundCall c)
    {
        string part = c.Text(0);
        if (Window(c) is not (int start, int end)) return IntegerValue.Of(0);
        ReadOnlySpan<char> window = c.SelfText.Text.AsSpan(start, end - start);
        return IntegerValue.Of(part.Length == 0 ? CodePoints.Count(window) + 1 : TextFinder.Count(window, part));
    }

    private static BoolValue Matches(BoundCall c, Func<string, string, bool> holds)
    {
        (int, int)? window = Window(c);
        string text = window is (int start, int end) ? c.SelfText.Text[start..end] : "";
        IReadOnlyList<Value> parts = c.Required(0) is TupleValue tuple ? tuple.Items : [c.Required(0)];
        foreach (Value part in parts)
        {
            if (part is UndefinedValue undefined) throw undefined.Failure();
            if (part is not TextValue { Text: var wanted }) throw JinjaException.Evaluation($"startswith and endswith take a str or a tuple of str, not {part.TypeName}.");
            c.Budget.Scan(wanted.Length);
            if (window is not null && holds(text, wanted)) return BoolValue.True;
        }
        return BoolValue.False;
    }

    /// <summary>The UTF-16 range between the arguments start and end; null when start lies behind end.</summary>
    private static (int Start, int End)? Window(in BoundCall c)
    {
        TextValue text = c.SelfText;
        c.Budget.Scan(text.Text.Length);
        int length = text.NumCodePoints;
        int start = c.IsGiven(1) ? c.Int(1, 0) : 0, end = c.IsGiven(2) ? c.Int(2, length) : length;
        if (start < 0) start = Math.Max(0, start + length);
        if (end < 0) end = Math.Max(0, end + length);
        end = Math.Min(end, length);
        return start > end ? null : (text.ToUtf16(start), text.ToUtf16(end));
    }
}
