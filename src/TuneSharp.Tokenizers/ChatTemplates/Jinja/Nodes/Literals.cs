using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>A text, number, true, false or none.</summary>
internal sealed class Constant(Value value, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) => value;
}

/// <summary>A variable.</summary>
internal sealed class Name(string identifier, int line) : Expression(line)
{
    public string Identifier { get; } = identifier;

    protected override Value Compute(RenderContext context) => context.Scope.Find(Identifier) ?? UndefinedValue.OfName(Identifier);
}

/// <summary><c>namespace.name</c> as the target of a <c>set</c>.</summary>
internal sealed class NamespaceTarget(string owner, string attribute, int line) : Expression(line)
{
    public void Assign(Value value, RenderContext context)
    {
        context.Line = Line;
        if (context.Scope.Find(owner) is not NamespaceValue target)
            throw JinjaException.Evaluation($"'{owner}' is not a namespace, so '{owner}.{attribute}' cannot be assigned.");
        target.Set(attribute, value);
    }

    protected override Value Compute(RenderContext context) => throw new InvalidOperationException("A target is assigned, not read.");
}

/// <summary><c>[a, b]</c>.</summary>
internal sealed class ListLiteral(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) => context.NewList(items.Select(item => item.Evaluate(context)).ToArray());
}

/// <summary><c>(a, b)</c>; also a target of several names.</summary>
internal sealed class TupleLiteral(IReadOnlyList<Expression> items, int line) : Expression(line)
{
    public IReadOnlyList<Expression> Items { get; } = items;

    protected override Value Compute(RenderContext context) => context.NewTuple(Items.Select(item => item.Evaluate(context)).ToArray());
}

/// <summary><c>{key: value}</c>.</summary>
internal sealed class DictLiteral(IReadOnlyList<KeyValuePair<Expression, Expression>> pairs, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) =>
        new DictValue(pairs.Select(pair => new KeyValuePair<Value, Value>(pair.Key.Evaluate(context), pair.Value.Evaluate(context))).ToArray(), context);
}
