using System.Buffers;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters for HTML.</summary>
internal static class HtmlFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("e", "", Escape),
        new("escape", "", Escape),
        new("forceescape", "", c => TextValue.Of(HtmlText.Escaped(TextValue.Of(c.Context.Print(c.Self)), c.Context), isMarkup: true)),
        new("safe", "", c => TextValue.Of(c.Context.Print(c.Self), isMarkup: true)),
        new("striptags", "", c => c.NewText(HtmlText.StripTags(c.Context.Print(c.Self), c.Context))),
        new("xmlattr", "autospace=", XmlAttributes),
        new("urlize", "trim_url_limit=, nofollow=, target=, rel=, extra_schemes=", Urlize),
    ];

    private static readonly SearchValues<char> s_notInNames = SearchValues.Create(" \t\n\r\f\v/>=");

    private static TextValue Escape(BoundCall c) => TextValue.Of(HtmlText.Escaped(c.Self, c.Context), isMarkup: true);

    private static TextValue XmlAttributes(BoundCall c)
    {
        if (c.Self is UndefinedValue undefined) throw undefined.Failure();
        if (c.Self is not DictValue dict) throw JinjaException.Evaluation($"xmlattr needs a mapping, not '{c.Self.TypeName}'.");
        TextOutput output = c.NewOutput();
        bool needsSpace = c.Flag(0, true);
        foreach ((Value key, Value value) in dict.Pairs)
        {
            if (value is NoneValue or UndefinedValue) continue;
            if (key is not TextValue name || name.Text.AsSpan().ContainsAny(s_notInNames)) throw JinjaException.Evaluation("The name of an attribute holds a character that is not allowed there.");
            if (needsSpace) output.Write(' ');
            needsSpace = true;
            output.Write($"{HtmlText.Escaped(name, c.Context)}=\"{HtmlText.Escaped(value, c.Context)}\"");
        }
        return TextValue.Of(output.ToString(), c.Context.AutoEscape);
    }

    private static TextValue Urlize(BoundCall c)
    {
        var relations = new SortedSet<string>(StringComparer.Ordinal) { "noopener" };
        if (c.IsGiven(3)) relations.UnionWith(c.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (c.Flag(1)) relations.Add("nofollow");
        List<string> schemes = c.IsGiven(4) ? [.. c.Context.ToList(c.Required(4)).Select(scheme => c.Context.Print(scheme))] : [];
        var linker = new LinkWriter(c.IsGiven(0) ? c.Int(0, 0) : null, string.Join(' ', relations), c.IsGiven(2) ? c.Text(2) : null, schemes, c.Context);
        return TextValue.Of(linker.Write(c.Context.Print(c.Self)), c.Context.AutoEscape);
    }
}
