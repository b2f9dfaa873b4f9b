using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>Puts values into names, tuples of names and namespaces.</summary>
internal static class Assignment
{
    public static void Assign(Expression target, Value value, Scope scope, RenderContext context)
    {
        switch (target)
        {
            case Name name:
                scope.Set(name.Identifier, value);
                break;
            case NamespaceTarget attribute:
                attribute.Assign(value, context);
                break;
            case TupleLiteral tuple:
                List<Value> items = context.ToList(value);
                if (items.Count != tuple.Items.Count)
                    throw JinjaException.Evaluation($"{tuple.Items.Count} names are assigned, but there are {items.Count} values.");
                for (int i = 0; i < items.Count; i++) Assign(tuple.Items[i], items[i], scope, context);
                break;
            default:
                throw new InvalidOperationException("The parser lets no other target through.");
        }
    }
}

/// <summary><c>{% set target = value %}</c>.</summary>
internal sealed class SetStatement(Expression target, Expression value, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        Assignment.Assign(target, value.Evaluate(context), context.Scope, context);
        return Flow.Next;
    }
}

/// <summary><c>{% set target | filter %}…{% endset %}</c>.</summary>
internal sealed class SetBlock(Expression target, FilterExpression? filter, Body body, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        Value text = context.Capture(new Scope(context.Scope), body);
        Assignment.Assign(target, filter?.ApplyToBody(text, context) ?? text, context.Scope, context);
        return Flow.Next;
    }
}

/// <summary><c>{% with a = 1 %}…{% endwith %}</c>.</summary>
internal sealed class WithStatement(IReadOnlyList<KeyValuePair<Expression, Expression>> assignments, Body body, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        var inner = new Scope(context.Scope);
        foreach ((Expression target, Expression value) in assignments) Assignment.Assign(target, value.Evaluate(context), inner, context);
        return context.Execute(body, inner);
    }
}
