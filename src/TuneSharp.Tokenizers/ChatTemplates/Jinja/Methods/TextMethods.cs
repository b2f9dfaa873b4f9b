using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>The methods of str.</summary>
internal static class TextMethods
{
    private static readonly MethodTable s_methods = new(
    [
        Mapping("upper", CaseMapping.Upper),
        Mapping("lower", CaseMapping.Lower),
        Mapping("casefold", CaseMapping.CaseFold),
        Mapping("title", CaseMapping.Title),
        Mapping("capitalize", CaseMapping.Capitalize),
        Mapping("swapcase", CaseMapping.SwapCase),
        Predicate("isupper", text => CaseMapping.IsAll(text, CharacterClasses.IsUpper)),
        Predicate("islower", text => CaseMapping.IsAll(text, CharacterClasses.IsLower)),
        Predicate("istitle", CaseMapping.IsTitle),
        Predicate("isspace", text => text.Length > 0 && text.All(CharacterClasses.IsSpace)),
        Predicate("isascii", text => System.Text.Ascii.IsValid(text)),
        Predicate("isprintable", text => All(text, CharacterClasses.IsPrintable)),
        Predicate("isidentifier", IsIdentifier),
        Predicate("isalpha", text => text.Length > 0 && All(text, CharacterClasses.IsAlpha)),
        Predicate("isdecimal", text => text.Length > 0 && All(text, CharacterClasses.IsDecimal)),
        Predicate("isdigit", text => text.Length > 0 && All(text, CharacterClasses.IsDigit)),
        Predicate("isnumeric", text => text.Length > 0 && All(text, CharacterClasses.IsNumeric)),
        Predicate("isalnum", text => text.Length > 0 && All(text, CharacterClasses.IsAlphanumeric)),
        .. TextTrimming.All, .. TextPadding.All, .. TextSearch.All, .. TextSplitting.All,
        new Builtin("join", "iterable, /", Join),
        new Builtin("format", null, c => Format(c, c.Raw)),
        new Builtin("format_map", "mapping, /", FormatMap),
        new Builtin("translate", "table, /", Translate),
    ]);

    public static Value? Find(TextValue owner, string name) => s_methods.Bind(owner, name);

    public static bool All(string text, Func<int, bool> holds)
    {
        for (int i = 0; i < text.Length; i += CodePoints.WidthAt(text, i))
            if (!holds(CodePoints.At(text, i))) return false;
        return true;
    }

    private static Builtin Mapping(string name, Func<string, string> map) => new(name, "", c =>
    {
        c.Budget.Inspect(c.SelfText.Text.Length);
        return c.NewText(map(c.SelfText.Text), c.SelfText.IsMarkup);
    });

    private static Builtin Predicate(string name, Func<string, bool> holds) => new(name, "", c =>
    {
        c.Budget.Inspect(c.SelfText.Text.Length);
        return BoolValue.Of(holds(c.SelfText.Text));
    });

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && CharacterClasses.StartsIdentifier(CodePoints.At(text, 0)) && All(text, CharacterClasses.ContinuesIdentifier);

    private static TextValue Join(BoundCall c)
    {
        TextOutput output = c.NewOutput();
        bool isFirst = true, isMarkup = c.SelfText.IsMarkup;
        int index = 0;
        foreach (Value item in c.Context.Iterate(c.Required(0)))
        {
            if (item is not TextValue text) throw JinjaException.Evaluation($"sequence item {index}: expected str instance, {item.TypeName} found.");
            if (!isFirst) output.Write(c.SelfText.Text);
            output.Write(isMarkup ? HtmlText.Escaped(text, c.Context) : text.Text);
            isFirst = false;
            index++;
        }
        return TextValue.Of(output.ToString(), isMarkup);
    }

    private static TextValue Format(BoundCall c, CallArguments arguments)
    {
        TextOutput output = c.NewOutput();
        new BraceFormat(arguments, name => Named(arguments, name), c.SelfText.IsMarkup).Write(c.SelfText.Text, output);
        return TextValue.Of(output.ToString(), c.SelfText.IsMarkup);
    }

    private static Value? Named(CallArguments arguments, string name)
    {
        foreach ((string key, Value value) in arguments.Keywords)
            if (key == name) return value;
        return null;
    }

    private static TextValue FormatMap(BoundCall c)
    {
        if (c.Required(0) is not DictValue dict) throw JinjaException.Evaluation($"format_map needs a mapping, not '{c.Required(0).TypeName}'.");
        TextOutput output = c.NewOutput();
        new BraceFormat(CallArguments.None(c.Context), dict.Find, c.SelfText.IsMarkup).Write(c.SelfText.Text, output);
        return TextValue.Of(output.ToString(), c.SelfText.IsMarkup);
    }

    /// <summary>The table maps code points to texts, code points or None.</summary>
    private static TextValue Translate(BoundCall c)
    {
        TextOutput output = c.NewOutput();
        foreach (string character in CodePoints.Split(c.SelfText.Text))
        {
            Value? mapped = c.Required(0).Item(IntegerValue.Of(CodePoints.At(character, 0)), c.Context);
            switch (mapped)
            {
                case null: output.Write(character); break;
                case NoneValue: break;
                case TextValue text: output.Write(text.Text); break;
                case IntegralValue code when code.Integer >= 0 && code.Integer <= 0x10FFFF: output.Write(CodePoints.ToText((int)code.Integer)); break;
                default: throw JinjaException.Evaluation("character mapping must return integer, None or str.");
            }
        }
        return TextValue.Of(output.ToString(), c.SelfText.IsMarkup);
    }
}
