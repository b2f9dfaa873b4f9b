using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Nodes;

/// <summary>What a macro or call block declares.</summary>
/// <param name="Name">The macro's name; null for a call block.</param>
/// <param name="Parameters">Names, with defaults where there are any.</param>
/// <param name="Body">What it prints.</param>
/// <param name="UsesVarargs">The body reads <c>varargs</c>, so more positional arguments are welcome.</param>
/// <param name="UsesKwargs">The body reads <c>kwargs</c>, so more keyword arguments are welcome.</param>
/// <param name="UsesCaller">The body reads <c>caller</c>, so it can be the target of a call block.</param>
internal sealed record MacroDefinition(
    string? Name, IReadOnlyList<KeyValuePair<string, Expression?>> Parameters, Body Body, bool UsesVarargs, bool UsesKwargs, bool UsesCaller);

/// <summary><c>{% macro name(parameters) %}…{% endmacro %}</c>.</summary>
internal sealed class MacroStatement(MacroDefinition definition, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        context.Scope.Keep();
        context.Scope.Set(definition.Name!, new MacroValue(definition, context.Scope));
        return Flow.Next;
    }
}

/// <summary><c>{% call(parameters) macro(arguments) %}…{% endcall %}</c>.</summary>
internal sealed class CallBlock(MacroDefinition caller, CallExpression call, int line) : Statement(line)
{
    protected override Flow Run(RenderContext context)
    {
        context.Scope.Keep();
        context.Output.Write(call.CallWith(context, new MacroValue(caller, context.Scope)));
        return Flow.Next;
    }
}

/// <summary>A macro with the scope that it was defined in.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope closure) : Value
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "name" => definition.Name is null ? NoneValue.Instance : TextValue.Of(definition.Name),
        "arguments" => context.NewTuple(definition.Parameters.Select(parameter => (Value)TextValue.Of(parameter.Key)).ToArray()),
        "catch_kwargs" => BoolValue.Of(definition.UsesKwargs),
        "catch_varargs" => BoolValue.Of(definition.UsesVarargs),
        "caller" => BoolValue.Of(definition.UsesCaller),
        "explicit_caller" => BoolValue.Of(HasParameter("caller")),
        _ => null,
    };

    public override void PrintRepr(TextOutput writer) => writer.Write(definition.Name is null ? "<Macro anonymous>" : $"<Macro '{definition.Name}'>");

    public override Value Call(CallArguments arguments)
    {
        RenderContext context = arguments.Context;
        return context.Nested(() => context.CaptureWith(closure, () =>
        {
            var scope = new Scope(closure);
            return context.In(scope, () =>
            {
                Bind(arguments, scope, context);
                return definition.Body.Execute(context);
            });
        }));
    }

    private void Bind(CallArguments arguments, Scope scope, RenderContext context)
    {
        var named = arguments.Keywords.ToList();
        int numParameters = definition.Parameters.Count;
        var passed = new Value?[numParameters];
        for (int i = 0; i < numParameters; i++)
        {
            if (i < arguments.Positional.Count) passed[i] = arguments.Positional[i];
            else passed[i] = Take(named, definition.Parameters[i].Key);
        }
        if (definition.UsesCaller && !HasParameter("caller")) scope.Set("caller", Take(named, "caller") ?? new UndefinedValue("No caller defined."));
        if (definition.UsesKwargs) scope.Set("kwargs", new DictValue(named.Select(pair => new KeyValuePair<Value, Value>(TextValue.Of(pair.Key), pair.Value)), context));
        else if (named.Count > 0) throw JinjaException.Evaluation($"{Title} takes no keyword argument '{named[0].Key}'.");
        if (definition.UsesVarargs) scope.Set("varargs", context.NewTuple([.. arguments.Positional.Skip(numParameters)]));
        else if (arguments.Positional.Count > numParameters) throw JinjaException.Evaluation($"{Title} takes not more than {numParameters} argument(s).");
        for (int i = 0; i < numParameters; i++)
        {
            (string name, Expression? byDefault) = definition.Parameters[i];
            scope.Set(name, passed[i] ?? byDefault?.Evaluate(context) ?? new UndefinedValue($"The parameter '{name}' was not provided."));
        }
    }

    private string Title => definition.Name is null ? "the caller" : $"macro '{definition.Name}'";

    private bool HasParameter(string name) => definition.Parameters.Any(parameter => parameter.Key == name);

    private static Value? Take(List<KeyValuePair<string, Value>> named, string name)
    {
        int index = named.FindIndex(pair => pair.Key == name);
        if (index < 0) return null;
        Value value = named[index].Value;
        named.RemoveAt(index);
        return value;
    }
}
