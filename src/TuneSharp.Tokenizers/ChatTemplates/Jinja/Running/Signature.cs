using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>
/// The parameters of a built-in, written as <c>"old, new, count="</c>: a trailing <c>=</c> marks an optional one, a lone <c>/</c> ends those
/// that cannot be given by name, a lone <c>*</c> starts those that must be.
/// </summary>
internal sealed class Signature
{
    private readonly string _owner;
    private readonly List<string> _names = [];
    private readonly int _numRequired;
    private readonly int _numPositionalOnly;
    private readonly int _numPositional;

    public Signature(string owner, string parameters)
    {
        _owner = owner;
        _numPositional = int.MaxValue;
        foreach (string part in parameters.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part == "/") _numPositionalOnly = _names.Count;
            else if (part == "*") _numPositional = _names.Count;
            else
            {
                _names.Add(part.TrimEnd('='));
                if (!part.EndsWith('=')) _numRequired = _names.Count;
            }
        }
        _numPositional = Math.Min(_numPositional, _names.Count);
    }

    /// <summary>One slot for each parameter; null where nothing was passed.</summary>
    public Value?[] Bind(in CallArguments call)
    {
        if (call.Positional.Count > _numPositional)
            throw JinjaException.Evaluation($"{_owner}() takes at most {_numPositional} positional arguments, but {call.Positional.Count} were given.");
        var slots = new Value?[_names.Count];
        for (int i = 0; i < call.Positional.Count; i++) slots[i] = call.Positional[i];
        foreach ((string name, Value value) in call.Keywords)
        {
            int index = _names.IndexOf(name);
            if (index < _numPositionalOnly) throw JinjaException.Evaluation($"{_owner}() got an unexpected keyword argument '{name}'.");
            if (slots[index] is not null) throw JinjaException.Evaluation($"{_owner}() got multiple values for argument '{name}'.");
            slots[index] = value;
        }
        for (int i = 0; i < _numRequired; i++)
            if (slots[i] is null) throw JinjaException.Evaluation($"{_owner}() is missing the argument '{_names[i]}'.");
        return slots;
    }
}
