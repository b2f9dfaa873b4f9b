using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>What every chat template can call.</summary>
internal static class GlobalFunctions
{
    private static readonly Dictionary<string, Builtin> s_functions = Builtin.Table(
        new Builtin("range", "start, stop=, step=, /", Range),
        new Builtin("dict", null, c => Dict(c.Raw)),
        new Builtin("namespace", null, Namespace),
        new Builtin("cycler", null, Cycler),
        new Builtin("joiner", "sep=", c => new JoinerValue(c[0] ?? TextValue.Of(", "))),
        new Builtin("raise_exception", "message", Raise),
        new Builtin("strftime_now", "format", c => c.NewText(Strftime.Format(c.Context.Clock.GetLocalNow(), c.Text(0)))),
        new Builtin("lipsum", null, _ => throw JinjaException.Evaluation("lipsum makes random filler text, which a chat template has no use for: it is not built in.")));

    public static IEnumerable<string> Names => s_functions.Keys;

    public static void AddTo(Scope scope)
    {
        foreach ((string name, Builtin function) in s_functions) scope.Set(name, new FunctionValue(function, NoneValue.Instance));
        scope.Set("self", new SelfValue());
    }

    private static RangeValue Range(BoundCall c)
    {
        BigInteger first = Integer(c.Required(0));
        BigInteger step = c[2] is Value given ? Integer(given) : BigInteger.One;
        return c[1] is Value stop ? new RangeValue(first, Integer(stop), step) : new RangeValue(BigInteger.Zero, first, step);
    }

    private static BigInteger Integer(Value value) => value switch
    {
        IntegralValue integer => integer.Integer,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw JinjaException.Evaluation($"'{value.TypeName}' object cannot be interpreted as an integer."),
    };

    private static DictValue Dict(CallArguments call)
    {
        RenderContext context = call.Context;
        if (call.Positional.Count > 1) throw JinjaException.Evaluation($"dict expected at most 1 argument, got {call.Positional.Count}.");
        IEnumerable<KeyValuePair<Value, Value>> pairs = call.Positional.Count == 0 ? [] : call.Positional[0] is DictValue dict ? dict.Pairs : context.ToList(call.Positional[0]).Select(Pair);
        return new DictValue(pairs.Concat(call.Keywords.Select(pair => new KeyValuePair<Value, Value>(TextValue.Of(pair.Key), pair.Value))), context);

        KeyValuePair<Value, Value> Pair(Value item)
        {
            List<Value> sides = context.ToList(item);
            return sides.Count == 2 ? new(sides[0], sides[1]) : throw JinjaException.Evaluation($"dict needs pairs, but an element has length {sides.Count}.");
        }
    }

    private static NamespaceValue Namespace(BoundCall c)
    {
        var space = new NamespaceValue();
        foreach ((Value key, Value value) in Dict(c.Raw).Pairs)
            space.Set(key is TextValue name ? name.Text : throw JinjaException.Evaluation("The names of a namespace must be texts."), value);
        return space;
    }

    private static CyclerValue Cycler(BoundCall c)
    {
        if (c.Raw.Keywords.Count > 0) throw JinjaException.Evaluation("cycler takes no keyword arguments.");
        if (c.Raw.Positional.Count == 0) throw JinjaException.Evaluation("cycler needs at least one item.");
        return new CyclerValue(c.Raw.Positional);
    }

    private static Value Raise(BoundCall c) => throw new JinjaException(ChatTemplateFault.Raised, c.Context.Print(c.Required(0)));
}

/// <summary><c>self</c>: the template's blocks as functions.</summary>
internal sealed class SelfValue : Value
{
    public override string TypeName => "TemplateReference";

    public override Value? Item(Value key, RenderContext context) => key is TextValue name && context.Blocks.TryGetValue(name.Text, out BlockStatement? block)
        ? new ClosureValue("BlockReference", _ => block.Render(context, context.Root))
        : null;

    public override void PrintRepr(TextOutput writer) => writer.Write("<TemplateReference None>");
}
