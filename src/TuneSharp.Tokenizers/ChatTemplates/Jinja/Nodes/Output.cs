using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>Text of the template outside of tags.</summary>
internal sealed class Literal(string text, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        context.Output.Write(text);
        return Flow.Next;
    }
}

/// <summary><c>{{ expression }}</c>.</summary>
internal sealed class Print(Expression expression, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        Value value = expression.Evaluate(context);
        if (context.AutoEscape && value is not TextValue { IsMarkup: true }) context.Output.Write(HtmlText.Escaped(value, context));
        else context.Output.Write(value);
        return Flow.Next;
    }
}

/// <summary><c>{% filter name %}…{% endfilter %}</c>.</summary>
internal sealed class FilterBlock(FilterExpression filter, Body body, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        TextValue text = context.Capture(new Scope(context.Scope), body);
        Value filtered = filter.ApplyToBody(text, context);
        if (filtered is not TextValue) throw JinjaException.Evaluation($"The filter of a filter block must give a text, not '{filtered.TypeName}'.");
        context.Output.Write(filtered);
        return Flow.Next;
    }
}

/// <summary><c>{% generation %}…{% endgeneration %}</c>: what a model would have written.</summary>
internal sealed class GenerationBlock(MacroDefinition content, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        context.Output.WriteGeneration(new MacroValue(content, context.Scope).Call(CallArguments.None(context)));
        return Flow.Next;
    }
}

/// <summary><c>{% autoescape on %}…{% endautoescape %}</c>.</summary>
internal sealed class AutoEscapeBlock(Expression setting, Body body, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        bool before = context.AutoEscape;
        context.AutoEscape = setting.Evaluate(context).IsTrue;
        Flow flow = context.Execute(body, new Scope(context.Scope));
        context.AutoEscape = before;
        return flow;
    }
}

/// <summary><c>{% block name %}…{% endblock %}</c>: printed where it stands, and again by <c>self.name()</c>.</summary>
internal sealed class BlockStatement(string name, bool isScoped, bool isRequired, Body body, int line) : Statement(line)
{
    public string Name { get; } = name;

    protected override Flow Run(RenderContext context)
    {
        if (isRequired) throw JinjaException.Evaluation($"Required block '{Name}' not found.");
        context.Output.Write(Render(context, isScoped ? context.Scope : context.Root));
        return Flow.Next;
    }

    /// <summary>The block's text; without <c>scoped</c> it sees only the template's own variables. Escaping begins anew.</summary>
    public TextValue Render(RenderContext context, Scope outer)
    {
        bool before = context.AutoEscape;
        context.AutoEscape = false;
        TextValue text = context.Nested(() => context.Capture(new Scope(outer), body));
        context.AutoEscape = before;
        return text.IsMarkup == before ? text : new TextValue(text.Text) { IsMarkup = before, Spans = text.Spans };
    }
}
