using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>The <c>attribute</c> parameter of filters: names and indices with dots between them.</summary>
internal static class AttributeGetter
{
    /// <param name="attribute">A text such as <c>"function.parameters.0"</c>, an index, or null for the item itself.</param>
    /// <param name="context">The rendering.</param>
    /// <param name="byDefault">Takes the place of undefined values on the way.</param>
    /// <param name="ignoreCase">Turns a resulting text into lower case.</param>
    public static Func<Value, Value> For(Value? attribute, RenderContext context, Value? byDefault = null, bool ignoreCase = false)
    {
        Value[] parts = Parts(attribute);
        if (byDefault is NoneValue) byDefault = null;
        return item =>
        {
            foreach (Value part in parts)
            {
                context.Budget.Step();
                item = Subscript.Item(item, part, context);
                if (byDefault is not null && item is UndefinedValue) item = byDefault;
            }
            return ignoreCase ? IgnoreCase(item, context) : item;
        };
    }

    /// <summary>Several attributes with commas between them, as a list to sort by: equal elements, undefined ones too, are never put in order.</summary>
    public static Func<Value, Value> ForSeveral(Value? attribute, RenderContext context, bool ignoreCase)
    {
        Func<Value, Value>[] getters = attribute is TextValue text
            ? [.. text.Text.Split(',').Select(part => For(TextValue.Of(part), context, ignoreCase: ignoreCase))]
            : [For(attribute, context, ignoreCase: ignoreCase)];
        return item => context.NewList([.. getters.Select(getter => getter(item))]);
    }

    public static Value IgnoreCase(Value value, RenderContext context)
    {
        if (value is not TextValue text) return value;
        context.Budget.Inspect(text.Text.Length);
        return TextValue.Of(CaseMapping.Lower(text.Text));
    }

    private static Value[] Parts(Value? attribute) => attribute switch
    {
        null or NoneValue => [],
        TextValue text => [.. text.Text.Split('.').Select(Part)],
        _ => [attribute],
    };

    private static Value Part(string part) =>
        part.Length is > 0 and < 10 && part.All(char.IsAsciiDigit) ? IntegerValue.Of(int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)) : TextValue.Of(part);
}
