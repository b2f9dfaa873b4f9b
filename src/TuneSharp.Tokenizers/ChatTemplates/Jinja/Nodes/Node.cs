using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>What the rest of a body does after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A part of a template that gives a value.</summary>
internal abstract class Expression(int line)
{
    public int Line { get; } = line;

    public Value Evaluate(RenderContext context)
    {
        context.Step(Line);
        return Compute(context);
    }

    protected abstract Value Compute(RenderContext context);
}

/// <summary>A part of a template that does something.</summary>
internal abstract class Statement(int line)
{
    public int Line { get; } = line;

    public Flow Execute(RenderContext context)
    {
        context.Step(Line);
        return Run(context);
    }

    protected abstract Flow Run(RenderContext context);
}

/// <summary>Statements one after another.</summary>
internal sealed class Body(IReadOnlyList<Statement> statements)
{
    public Flow Execute(RenderContext context)
    {
        foreach (Statement statement in statements)
        {
            Flow flow = statement.Execute(context);
            if (flow != Flow.Next) return flow;
        }
        return Flow.Next;
    }
}
