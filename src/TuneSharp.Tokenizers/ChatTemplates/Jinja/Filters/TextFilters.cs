using System.Text;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters that turn the printed value into another text.</summary>
internal static class TextFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("upper", "", c => Mapped(c, CaseMapping.Upper)),
        new("lower", "", c => Mapped(c, CaseMapping.Lower)),
        new("capitalize", "", c => Mapped(c, CaseMapping.Capitalize)),
        new("title", "", c => Mapped(c, Title)),
        new("string", "", Text),
        new("trim", "chars=", c => TextTrimming.Strip(Text(c), c[0], atStart: true, atEnd: true, c)),
        new("center", "width=", c => TextPadding.Pad(Text(c), c.Int(0, 80), ' ', TextPadding.Side.Both, c)),
        new("replace", "old, new, count=", Replace),
        new("format", null, Format),
        new("wordcount", "", WordCount),
        new("urlencode", "", UrlEncode),
        new("join", "d=, attribute=", Join),
    ];

    /// <summary>The value itself when it is a text, otherwise what it prints.</summary>
    public static TextValue Text(BoundCall c) => c.Self as TextValue ?? TextValue.Of(c.Context.Print(c.Self));

    private static TextValue Mapped(in BoundCall c, Func<string, string> map)
    {
        TextValue text = Text(c);
        c.Budget.Inspect(text.Text.Length);
        return c.NewText(map(text.Text), text.IsMarkup);
    }

    /// <summary>Words begin behind blanks, hyphens and opening brackets, not behind apostrophes.</summary>
    private static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            int start = i;
            while (i < text.Length && !IsWordBreak(text[i])) i++;
            if (i > start)
            {
                int first = CodePoints.WidthAt(text, start);
                result.Append(CaseMapping.Upper(text.Substring(start, first))).Append(CaseMapping.Lower(text[(start + first)..i]));
            }
            while (i < text.Length && IsWordBreak(text[i])) result.Append(text[i++]);
        }
        return result.ToString();
    }

    private static bool IsWordBreak(char c) => c is '-' or '(' or '{' or '[' or '<' || CharacterClasses.IsSpace(c);

    private static TextValue Replace(BoundCall c)
    {
        int count = c.IsGiven(2) ? c.Int(2, -1) : -1;
        if (!c.Context.AutoEscape) return TextSearch.Replace(TextValue.Of(c.Context.Print(c.Self)), c.Printed(0, ""), c.Printed(1, ""), count, c);
        bool anyMarkup = c.Required(0) is TextValue { IsMarkup: true } || (c.Required(1) is TextValue { IsMarkup: true } && c.Self is not TextValue { IsMarkup: true });
        TextValue text = anyMarkup ? TextValue.Of(HtmlText.Escaped(c.Self, c.Context), isMarkup: true) : Text(c);
        string replacement = text.IsMarkup ? HtmlText.Escaped(c.Required(1), c.Context) : c.Printed(1, "");
        return TextSearch.Replace(text, text.IsMarkup ? HtmlText.Escaped(c.Required(0), c.Context) : c.Printed(0, ""), replacement, count, c);
    }

    private static TextValue Format(BoundCall c)
    {
        if (c.Raw.Positional.Count > 0 && c.Raw.Keywords.Count > 0) throw JinjaException.Evaluation("format cannot handle positional and keyword arguments at the same time.");
        Value values = c.Raw.Keywords.Count > 0
            ? new DictValue(c.Raw.Keywords.Select(pair => new KeyValuePair<Value, Value>(TextValue.Of(pair.Key), pair.Value)), c.Context)
            : c.Context.NewTuple(c.Raw.Positional);
        return PercentFormat.Apply(Text(c), values, c.Context);
    }

    private static IntegerValue WordCount(BoundCall c)
    {
        string text = Text(c).Text;
        c.Budget.Inspect(text.Length);
        int count = 0;
        bool inWord = false;
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i))
        {
            int codePoint = CodePoints.At(text, i);
            bool isWord = codePoint == '_' || CharacterClasses.IsAlphanumeric(codePoint);
            if (isWord && !inWord) count++;
            inWord = isWord;
        }
        return IntegerValue.Of(count);
    }

    private static TextValue UrlEncode(BoundCall c)
    {
        if (c.Self is TextValue || c.Self.Elements(c.Context) is null) return c.NewText(Quote(c.Context.Print(c.Self), isQuery: false, c));
        var parts = new List<string>();
        IEnumerable<Value> pairs = c.Self is DictValue dict ? dict.Pairs.Select(pair => (Value)c.Context.NewTuple(pair.Key, pair.Value)) : c.Context.Iterate(c.Self);
        foreach (Value pair in pairs)
        {
            List<Value> sides = c.Context.ToList(pair);
            if (sides.Count != 2) throw JinjaException.Evaluation("urlencode needs pairs of key and value.");
            parts.Add(Quote(c.Context.Print(sides[0]), isQuery: true, c) + "=" + Quote(c.Context.Print(sides[1]), isQuery: true, c));
        }
        return c.NewText(string.Join('&', parts));
    }

    private static string Quote(string text, bool isQuery, in BoundCall c)
    {
        TextOutput output = c.NewOutput();
        foreach (byte b in System.Text.Encoding.UTF8.GetBytes(text))
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || (b == '/' && !isQuery)) output.Write((char)b);
            else if (b == ' ' && isQuery) output.Write('+');
            else output.Write($"%{b:X2}");
        return output.ToString();
    }

    private static TextValue Join(BoundCall c)
    {
        IEnumerable<Value> items = c.Context.Iterate(c.Self);
        if (c.IsGiven(1)) items = items.Select(AttributeGetter.For(c[1], c.Context));
        bool isMarkup = false;
        if (c.Context.AutoEscape)
        {
            List<Value> all = [.. items];
            isMarkup = c[0] is TextValue { IsMarkup: true } || all.Exists(item => item is TextValue { IsMarkup: true });
            items = all;
        }
        string separator = isMarkup ? HtmlText.Escaped(c[0] ?? TextValue.Empty, c.Context) : c.Printed(0, "");
        TextOutput output = c.NewOutput();
        bool isFirst = true;
        foreach (Value item in items)
        {
            if (!isFirst) output.Write(separator);
            isFirst = false;
            if (isMarkup) output.Write(HtmlText.Escaped(item, c.Context));
            else item.Print(output);
        }
        return TextValue.Of(output.ToString(), isMarkup);
    }
}
