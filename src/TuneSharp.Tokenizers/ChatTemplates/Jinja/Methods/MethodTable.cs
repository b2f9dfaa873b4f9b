using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>The methods of a type by name.</summary>
internal sealed class MethodTable(params IEnumerable<Builtin> methods)
{
    private readonly Dictionary<string, Builtin> _methods = Builtin.Table(methods);

    /// <summary>The method bound to its owner; null when the type has none of that name.</summary>
    public FunctionValue? Bind(Value owner, string name) => _methods.TryGetValue(name, out Builtin? method) ? new FunctionValue(method, owner) : null;
}
