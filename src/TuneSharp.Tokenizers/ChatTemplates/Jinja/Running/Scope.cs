using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>
/// Variables of one body (template, loop turn, macro call, with, block). Reading looks outwards, writing stays inside. Macros keep the scope
/// they were defined in and see what it holds when they are called.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    private const int MostForLinearSearch = 8;

    private readonly List<KeyValuePair<string, Value>> _variables = [];
    private Dictionary<string, int>? _positions;

    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            int position = scope.PositionOf(name);
            if (position >= 0) return scope._variables[position].Value;
        }
        return null;
    }

    public void Set(string name, Value value)
    {
        int position = PositionOf(name);
        if (position >= 0)
        {
            _variables[position] = new(name, value);
            return;
        }
        _positions?.Add(name, _variables.Count);
        _variables.Add(new(name, value));
        if (_positions is null && _variables.Count > MostForLinearSearch)
            _positions = _variables.Select((pair, i) => (pair.Key, i)).ToDictionary(pair => pair.Key, pair => pair.i, StringComparer.Ordinal);
    }

    private Scope? Outer { get; } = outer;

    private int PositionOf(string name)
    {
        if (_positions is not null) return _positions.TryGetValue(name, out int position) ? position : -1;
        for (int i = 0; i < _variables.Count; i++)
            if (_variables[i].Key == name) return i;
        return -1;
    }
}
