using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary><c>{% if %}…{% elif %}…{% else %}…{% endif %}</c>. It has no scope of its own.</summary>
internal sealed class IfStatement(IReadOnlyList<KeyValuePair<Expression, Body>> branches, Body? otherwise, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        foreach ((Expression condition, Body body) in branches)
            if (condition.Evaluate(context).IsTrue) return body.Execute(context);
        return otherwise?.Execute(context) ?? Flow.Next;
    }
}

/// <summary><c>{% break %}</c> or <c>{% continue %}</c>.</summary>
internal sealed class JumpStatement(Flow flow, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context) => flow;
}

/// <summary><c>{% for target in items if condition recursive %}…{% else %}…{% endfor %}</c>. Every turn has a scope of its own.</summary>
internal sealed class ForStatement(Expression target, Expression items, Expression? condition, bool isRecursive, Body body, Body? otherwise, int line) : Statement(line)
{
    private const int StepsOfTurn = 2;

    protected override Flow Run(RenderContext context)
    {
        RunOver(items.Evaluate(context), depth: 0, context);
        return Flow.Next;
    }

    private void RunOver(Value iterable, int depth, RenderContext context)
    {
        context.Line = Line;
        Scope outer = context.Scope;
        if (isRecursive) outer.Keep();
        List<Value> elements = Selected(context.ToList(iterable), context);
        var loop = new LoopValue(elements, depth, isRecursive ? (inner, innerDepth) => Recurse(inner, innerDepth, outer, context) : null);
        var turn = new Scope(outer);
        for (int i = 0; i < elements.Count; i++)
        {
            context.Step(Line);
            context.Budget.Work(StepsOfTurn);
            loop.Index = i;
            turn = turn.Renew();
            turn.Set("loop", loop);
            Assignment.Assign(target, elements[i], turn, context);
            if (context.Execute(body, turn) == Flow.Break) break;
        }
        if (elements.Count == 0 && otherwise is not null) context.Execute(otherwise, new Scope(outer));
    }

    private List<Value> Selected(List<Value> elements, RenderContext context)
    {
        if (condition is null) return elements;
        return elements.FindAll(element =>
        {
            var scope = new Scope(context.Scope);
            Assignment.Assign(target, element, scope, context);
            return context.In(scope, () => condition.Evaluate(context).IsTrue);
        });
    }

    private TextValue Recurse(Value iterable, int depth, Scope outer, RenderContext context) => context.Nested(() => context.CaptureWith(outer, () =>
    {
        RunOver(iterable, depth, context);
        return Flow.Next;
    }));
}
