using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters that lay a text out in lines.</summary>
internal static class LayoutFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("indent", "width=, first=, blank=", Indent),
        new("truncate", "length=, killwords=, end=, leeway=", Truncate),
        new("wordwrap", "width=, break_long_words=, wrapstring=, break_on_hyphens=", WordWrap),
        new("tojson", "ensure_ascii=, indent=, separators=, sort_keys=", ToJson),
        new("pprint", "", c => c.NewText(PrettyPrinter.Print(c.Self, c.Context))),
    ];

    private static TextValue Required(in BoundCall c) => c.Self switch
    {
        TextValue text => text,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw JinjaException.Evaluation($"A text is expected, not '{c.Self.TypeName}'."),
    };

    private static TextValue Indent(BoundCall c)
    {
        TextValue text = Required(c);
        bool first = c.Flag(1), blank = c.Flag(2);
        TextOutput indentation = c.NewOutput();
        if (c[0] is TextValue width) indentation.Write(width.Text);
        else indentation.Write(' ', c.Int(0, 4));
        string by = indentation.ToString();
        TextOutput output = c.NewOutput();
        bool isFirst = true;
        c.Budget.Work(text.Text.Length >> 4);
        foreach (string line in CharacterClasses.SplitLines(text.Text + "\n", keepBreaks: false))
        {
            if (!isFirst) output.Write('\n');
            if (isFirst ? first : blank || line.Length > 0) output.Write(by);
            output.Write(line);
            isFirst = false;
        }
        return TextValue.Of(output.ToString(), text.IsMarkup);
    }

    private static Value Truncate(BoundCall c)
    {
        int length = c.Int(0, 255), leeway = c.IsGiven(3) ? c.Int(3, 5) : 5;
        string end = c.Text(2, "...");
        int endLength = CodePoints.Count(end);
        if (length < endLength) throw JinjaException.Evaluation($"truncate needs a length of at least {endLength}, not {length}.");
        if (leeway < 0) throw JinjaException.Evaluation($"truncate needs a leeway of at least 0, not {leeway}.");
        if (c.Self.Length is int whole && whole <= (long)length + leeway) return c.Self;
        TextValue text = Required(c);
        string kept = text.Text[..text.ToUtf16(length - endLength)];
        if (!c.Flag(1) && kept.LastIndexOf(' ') is int blank and >= 0) kept = kept[..blank];
        return c.NewText(kept + end, text.IsMarkup);
    }

    private static TextValue WordWrap(BoundCall c)
    {
        TextValue text = Required(c);
        string newline = c.IsGiven(2) ? c.Text(2) : "\n";
        int width = c.Int(0, 79);
        if (width <= 0) throw JinjaException.Evaluation($"wordwrap needs a width of at least 1, not {width}.");
        var wrapper = new LineWrapper(width, c.Flag(1, true), c.Flag(3, true), c.Budget);
        TextOutput output = c.NewOutput();
        bool isFirst = true;
        foreach (string paragraph in CharacterClasses.SplitLines(text.Text, keepBreaks: false))
        {
            if (!isFirst) output.Write(newline);
            isFirst = false;
            output.Write(string.Join(newline, wrapper.Wrap(paragraph)));
        }
        return TextValue.Of(output.ToString());
    }

    private static TextValue ToJson(BoundCall c)
    {
        string? indent = c[1] switch
        {
            null or NoneValue => null,
            TextValue text => text.Text,
            Value width => Spaces(BoundCall.Int(width), c),
        };
        string itemSeparator = indent is null ? ", " : ",", keySeparator = ": ";
        if (c.IsGiven(2))
        {
            List<Value> separators = c.Context.ToList(c.Required(2));
            if (separators is not [TextValue item, TextValue key]) throw JinjaException.Evaluation("separators needs two texts: one behind elements and one behind keys.");
            (itemSeparator, keySeparator) = (item.Text, key.Text);
        }
        TextOutput output = c.NewOutput();
        new JsonDump(output, c.Context) { EnsureAscii = c.Flag(0), Indent = indent, ItemSeparator = itemSeparator, KeySeparator = keySeparator, SortKeys = c.Flag(3) }.Write(c.Self);
        return TextValue.Of(output.ToString());
    }

    private static string Spaces(int count, in BoundCall c)
    {
        c.Budget.Text(Math.Max(0, count));
        return new string(' ', Math.Max(0, count));
    }
}
