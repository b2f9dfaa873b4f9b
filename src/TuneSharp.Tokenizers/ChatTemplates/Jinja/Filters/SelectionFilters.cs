using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Lazy filters that apply another filter, a test or an attribute to every element.</summary>
internal static class SelectionFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("map", null, Map),
        new("select", null, c => Select(c, ofAttribute: false, wanted: true)),
        new("reject", null, c => Select(c, ofAttribute: false, wanted: false)),
        new("selectattr", null, c => Select(c, ofAttribute: true, wanted: true)),
        new("rejectattr", null, c => Select(c, ofAttribute: true, wanted: false)),
    ];

    private static IteratorValue Map(BoundCall c)
    {
        RenderContext context = c.Context;
        Value self = c.Self;
        CallArguments call = c.Raw;
        return new IteratorValue(Mapped(), self, context);

        IEnumerable<Value> Mapped()
        {
            if (!self.IsTrue) yield break;
            Func<Value, Value> function = Function(call);
            foreach (Value item in context.Iterate(self)) yield return function(item);
        }
    }

    private static Func<Value, Value> Function(CallArguments call)
    {
        if (call.Positional.Count == 0 && call.Keywords.Any(pair => pair.Key == "attribute"))
        {
            Value? attribute = null, byDefault = null;
            foreach ((string key, Value value) in call.Keywords)
                switch (key)
                {
                    case "attribute": attribute = value; break;
                    case "default": byDefault = value; break;
                    default: throw JinjaException.Evaluation($"map got an unexpected keyword argument '{key}'.");
                }
            return AttributeGetter.For(attribute, call.Context, byDefault);
        }
        string name = NameAt(call, 0) ?? throw JinjaException.Evaluation("map needs the name of a filter or an attribute.");
        CallArguments rest = call.Skip(1);
        return item => FilterCatalog.Apply(name, item, rest);
    }

    private static IteratorValue Select(BoundCall c, bool ofAttribute, bool wanted)
    {
        RenderContext context = c.Context;
        Value self = c.Self;
        CallArguments call = c.Raw;
        return new IteratorValue(Selected(), self, context);

        IEnumerable<Value> Selected()
        {
            if (!self.IsTrue) yield break;
            Func<Value, bool> holds = Condition(call, ofAttribute);
            foreach (Value item in context.Iterate(self))
                if (holds(item) == wanted) yield return item;
        }
    }

    private static Func<Value, bool> Condition(CallArguments call, bool ofAttribute)
    {
        if (ofAttribute && call.Positional.Count == 0) throw JinjaException.Evaluation("The name of the attribute is missing.");
        Func<Value, Value> get = ofAttribute ? AttributeGetter.For(call.Positional[0], call.Context) : item => item;
        int first = ofAttribute ? 1 : 0;
        if (NameAt(call, first) is not string name) return item => get(item).IsTrue;
        CallArguments rest = call.Skip(first + 1);
        return item => TestCatalog.Holds(name, get(item), rest);
    }

    private static string? NameAt(CallArguments call, int index) => index >= call.Positional.Count
        ? null
        : call.Positional[index] is TextValue name ? name.Text : throw JinjaException.Evaluation("The name of a filter or test must be a text.");
}
