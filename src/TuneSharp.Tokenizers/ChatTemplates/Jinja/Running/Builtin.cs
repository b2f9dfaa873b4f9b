using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>A filter, test, method or global function that is written in C#.</summary>
internal sealed class Builtin
{
    private readonly Signature? _signature;
    private readonly Func<BoundCall, Value> _body;

    /// <param name="name">Name in templates.</param>
    /// <param name="parameters">See <see cref="Signature"/>; null = the body reads <see cref="BoundCall.Raw"/> itself.</param>
    /// <param name="body">What it does.</param>
    public Builtin(string name, string? parameters, Func<BoundCall, Value> body)
    {
        Name = name;
        _signature = parameters is null ? null : new Signature(name, parameters);
        _body = body;
    }

    public string Name { get; }

    public Value Invoke(Value self, in CallArguments call) => _body(new BoundCall(call.Context, self, _signature?.Bind(call) ?? [], call));

    /// <summary>The name → builtin table of a family.</summary>
    public static Dictionary<string, Builtin> Table(params IEnumerable<Builtin> builtins) => builtins.ToDictionary(builtin => builtin.Name, StringComparer.Ordinal);
}
