using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary><c>owner.name</c>.</summary>
internal sealed class AttributeAccess(Expression owner, string name, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value value = owner.Evaluate(context);
        context.Line = Line;
        return Subscript.Attribute(value, name, context);
    }
}

/// <summary><c>owner[key]</c>.</summary>
internal sealed class ItemAccess(Expression owner, Expression key, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value value = owner.Evaluate(context), index = key.Evaluate(context);
        context.Line = Line;
        return index is SliceValue ? Subscript.Slice(value, index, context) : Subscript.Item(value, index, context);
    }
}

/// <summary><c>start:stop:step</c> inside brackets.</summary>
internal sealed class SliceExpression(Expression? start, Expression? stop, Expression? step, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) =>
        new SliceValue(Bound(start, context), Bound(stop, context), Bound(step, context));

    private static Value Bound(Expression? bound, RenderContext context) => bound?.Evaluate(context) ?? NoneValue.Instance;
}
