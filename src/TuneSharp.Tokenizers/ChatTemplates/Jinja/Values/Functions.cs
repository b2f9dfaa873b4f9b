using System.Runtime.CompilerServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A built-in function, or a method with its owner.</summary>
internal sealed class FunctionValue(Builtin builtin, Value self) : Value
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    public override Value Call(CallArguments arguments) => builtin.Invoke(self, arguments);

    public override void PrintRepr(TextOutput writer) => writer.Write($"<built-in function {builtin.Name}>");
}

/// <summary>A callable of a rendering, such as the turn of a cycler or the body of a block.</summary>
internal sealed class ClosureValue(string typeName, Func<CallArguments, Value> body) : Value
{
    public override string TypeName => typeName;

    public override bool IsCallable => true;

    public override Value Call(CallArguments arguments) => body(arguments);

    public override void PrintRepr(TextOutput writer) => writer.Write($"<{typeName}>");
}

/// <summary>Names that can be assigned in any scope: <c>{% set ns.x = … %}</c>.</summary>
internal sealed class NamespaceValue : Value
{
    private readonly Dictionary<string, Value> _attributes = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private bool _isPrinting;

    public override string TypeName => "Namespace";

    public void Set(string name, Value value)
    {
        if (name.StartsWith('_')) throw JinjaException.Evaluation($"A namespace cannot hold the name '{name}', which begins with an underscore.");
        if (!_attributes.ContainsKey(name)) _order.Add(name);
        _attributes[name] = value;
    }

    public override Value? Attribute(string name, RenderContext context) => _attributes.GetValueOrDefault(name);

    public override void PrintRepr(TextOutput writer)
    {
        if (_isPrinting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw JinjaException.Limit("A namespace that holds itself, or a chain of too many namespaces, cannot be printed.");
        _isPrinting = true;
        writer.Write("<Namespace {");
        for (int i = 0; i < _order.Count; i++)
        {
            if (i > 0) writer.Write(", ");
            TextRepr.Write(_order[i], writer);
            writer.Write(": ");
            _attributes[_order[i]].PrintRepr(writer);
        }
        writer.Write("}>");
        _isPrinting = false;
    }
}

/// <summary>Gives its values in turn, for ever.</summary>
internal sealed class CyclerValue(IReadOnlyList<Value> items) : Value
{
    private int _position;

    public override string TypeName => "Cycler";

    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "current" => items[_position],
        "pos" => IntegerValue.Of(_position),
        "items" => context.NewTuple(items),
        "next" => new ClosureValue("method", _ => Next()),
        "reset" => new ClosureValue("method", _ => Reset()),
        _ => null,
    };

    public override void PrintRepr(TextOutput writer) => writer.Write("<Cycler object>");

    private Value Next()
    {
        Value current = items[_position];
        _position = (_position + 1) % items.Count;
        return current;
    }

    private NoneValue Reset()
    {
        _position = 0;
        return NoneValue.Instance;
    }
}

/// <summary>Prints nothing the first time it is called and its separator after that.</summary>
internal sealed class JoinerValue(Value separator) : Value
{
    private bool _isUsed;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override Value? Attribute(string name, RenderContext context) => name switch
    {
        "sep" => separator,
        "used" => BoolValue.Of(_isUsed),
        _ => null,
    };

    public override Value Call(CallArguments arguments)
    {
        Value result = _isUsed ? separator : TextValue.Empty;
        _isUsed = true;
        return result;
    }

    public override void PrintRepr(TextOutput writer) => writer.Write("<Joiner object>");
}
