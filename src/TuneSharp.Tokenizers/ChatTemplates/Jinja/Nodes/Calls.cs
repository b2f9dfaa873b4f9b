using TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>The arguments written in a call.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional, IReadOnlyList<KeyValuePair<string, Expression>> Keywords, Expression? MorePositional, Expression? MoreKeywords)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);

    public CallArguments Evaluate(RenderContext context, Value? caller = null)
    {
        if (ReferenceEquals(this, Empty) && caller is null) return CallArguments.None(context);
        List<Value> positional = [.. Positional.Select(argument => argument.Evaluate(context))];
        var keywords = new List<KeyValuePair<string, Value>>();
        foreach ((string name, Expression argument) in Keywords) Add(name, argument.Evaluate(context));
        if (caller is not null) Add("caller", caller);
        if (MorePositional is not null) positional.AddRange(context.ToList(MorePositional.Evaluate(context)));
        if (MoreKeywords is not null) AddAll(MoreKeywords.Evaluate(context));
        return new CallArguments(context, positional, keywords);

        void Add(string name, Value value)
        {
            foreach (KeyValuePair<string, Value> before in keywords)
            {
                context.Budget.Step();
                if (before.Key == name) throw JinjaException.Evaluation($"The call has two values for the argument '{name}'.");
            }
            keywords.Add(new(name, value));
        }

        void AddAll(Value more)
        {
            if (more is not DictValue dict) throw JinjaException.Evaluation($"What follows ** must be a mapping, not '{more.TypeName}'.");
            foreach ((Value key, Value value) in dict.Pairs)
                Add(key is TextValue text ? text.Text : throw JinjaException.Evaluation("Argument names after ** must be texts."), value);
        }
    }
}

/// <summary><c>function(arguments)</c>.</summary>
internal sealed class CallExpression(Expression function, ArgumentList arguments, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) => CallWith(context, caller: null);

    /// <summary>Calls with the body of a call block as <c>caller</c>.</summary>
    public Value CallWith(RenderContext context, Value? caller)
    {
        Value target = function.Evaluate(context);
        CallArguments values = arguments.Evaluate(context, caller);
        context.Line = Line;
        return target.Call(values);
    }
}

/// <summary><c>value | name(arguments)</c>.</summary>
internal sealed class FilterExpression(Expression? input, string name, ArgumentList arguments, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context) => Apply(input!.Evaluate(context), context);

    /// <summary>Filters a value; in a filter block the innermost filter has no input of its own.</summary>
    public Value Apply(Value value, RenderContext context)
    {
        CallArguments values = arguments.Evaluate(context);
        context.Line = Line;
        return FilterCatalog.Apply(name, value, values);
    }

    /// <summary>Runs the whole chain on a body's text.</summary>
    public Value ApplyToBody(Value body, RenderContext context) => Apply(input is FilterExpression inner ? inner.ApplyToBody(body, context) : body, context);
}

/// <summary><c>value is name(arguments)</c>.</summary>
internal sealed class TestExpression(Expression input, string name, ArgumentList arguments, int line) : Expression(line)
{
    protected override Value Compute(RenderContext context)
    {
        Value value = input.Evaluate(context);
        CallArguments values = arguments.Evaluate(context);
        context.Line = Line;
        return BoolValue.Of(TestCatalog.Holds(name, value, values));
    }
}
