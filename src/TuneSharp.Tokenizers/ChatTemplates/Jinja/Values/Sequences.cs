using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A list or tuple.</summary>
internal abstract class SequenceValue : Value
{
    protected SequenceValue(IReadOnlyList<Value> items, RenderContext context)
    {
        Items = items;
        context.Budget.Elements(items.Count);
        long weight = 1;
        int depth = 0;
        foreach (Value item in items)
        {
            weight = Saturating.Add(weight, item.Weight);
            depth = Math.Max(depth, item.Depth);
        }
        Weight = weight;
        Depth = context.CheckContainerDepth(depth + 1);
    }

    public IReadOnlyList<Value> Items { get; }

    public override bool IsTrue => Items.Count > 0;

    public override int? Length => Items.Count;

    public override int Depth { get; }

    public override long Weight { get; }

    public override IEnumerable<Value> Elements(RenderContext context) => Items;

    public override Value? Attribute(string name, RenderContext context) => SequenceMethods.Find(this, name);

    public override Value? Item(Value key, RenderContext context)
    {
        if (key is IntegralValue index) return Subscript.Position(index.Integer, Items.Count) is int position ? Items[position] : null;
        if (key is not SliceValue slice) return null;
        (int start, int step, int count) = slice.Over(Items.Count);
        context.Budget.Elements(count);
        var taken = new Value[count];
        for (int i = 0; i < count; i++) taken[i] = Items[start + (i * step)];
        return Like(taken, context);
    }

    /// <summary>A sequence of the same type.</summary>
    public abstract SequenceValue Like(IReadOnlyList<Value> items, RenderContext context);

    protected void PrintItems(TextOutput writer)
    {
        for (int i = 0; i < Items.Count; i++)
        {
            if (i > 0) writer.Write(", ");
            Items[i].PrintRepr(writer);
        }
    }
}

/// <summary>A list. It never changes: the sandbox forbids <c>append</c> and its kind.</summary>
internal sealed class ListValue(IReadOnlyList<Value> items, RenderContext context) : SequenceValue(items, context)
{
    public override string TypeName => "list";

    public override SequenceValue Like(IReadOnlyList<Value> items, RenderContext context) => new ListValue(items, context);

    public override void PrintRepr(TextOutput writer)
    {
        writer.Write('[');
        PrintItems(writer);
        writer.Write(']');
    }
}

/// <summary>A tuple.</summary>
internal class TupleValue(IReadOnlyList<Value> items, RenderContext context) : SequenceValue(items, context)
{
    public override string TypeName => "tuple";

    public override SequenceValue Like(IReadOnlyList<Value> items, RenderContext context) => new TupleValue(items, context);

    public override void PrintRepr(TextOutput writer)
    {
        writer.Write('(');
        PrintItems(writer);
        writer.Write(Items.Count == 1 ? ",)" : ")");
    }
}

/// <summary>What <c>groupby</c> gives for each group: a pair that also has the names <c>grouper</c> and <c>list</c>.</summary>
internal sealed class GroupValue(Value grouper, ListValue list, RenderContext context) : TupleValue([grouper, list], context)
{
    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "grouper" => Items[0],
        "list" => Items[1],
        _ => base.Attribute(name, context),
    };
}

/// <summary>Additions that stop at the largest long.</summary>
internal static class Saturating
{
    public static long Add(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;
}
