using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>The <c>loop</c> of a <c>for</c>.</summary>
internal sealed class LoopValue(IReadOnlyList<Value> items, int depth, Func<Value, int, Value>? recurse) : Value
{
    private IReadOnlyList<Value>? _lastChanged;

    /// <summary>The current turn, from 0.</summary>
    public int Index { get; set; }

    public override string TypeName => "LoopContext";

    public override int? Length => items.Count;

    public override bool IsTrue => items.Count > 0;

    public override bool IsCallable => true;

    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "index" => IntegerValue.Of(Index + 1),
        "index0" => IntegerValue.Of(Index),
        "revindex" => IntegerValue.Of(items.Count - Index),
        "revindex0" => IntegerValue.Of(items.Count - Index - 1),
        "first" => BoolValue.Of(Index == 0),
        "last" => BoolValue.Of(Index == items.Count - 1),
        "length" => IntegerValue.Of(items.Count),
        "depth" => IntegerValue.Of(depth + 1),
        "depth0" => IntegerValue.Of(depth),
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("There is no previous item."),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new UndefinedValue("There is no next item."),
        "cycle" => new ClosureValue("method", Cycle),
        "changed" => new ClosureValue("method", Changed),
        _ => null,
    };

    public override Value Call(CallArguments arguments)
    {
        if (recurse is null) throw JinjaException.Evaluation("The loop must have the 'recursive' marker to be called recursively.");
        return recurse(new Signature("loop", "iterable").Bind(arguments)[0]!, depth + 1);
    }

    public override void PrintRepr(TextOutput writer) => writer.Write($"<LoopContext {Index + 1}/{items.Count}>");

    private Value Cycle(CallArguments arguments)
    {
        if (arguments.Positional.Count == 0) throw JinjaException.Evaluation("loop.cycle needs at least one value.");
        return arguments.Positional[Index % arguments.Positional.Count];
    }

    private BoolValue Changed(CallArguments arguments)
    {
        IReadOnlyList<Value> now = arguments.Positional;
        IReadOnlyList<Value>? before = _lastChanged;
        bool same = before is not null && before.Count == now.Count && now.Zip(before).All(pair => Comparison.AreEqual(pair.First, pair.Second, arguments.Context));
        _lastChanged = now;
        return BoolValue.Of(!same);
    }
}
