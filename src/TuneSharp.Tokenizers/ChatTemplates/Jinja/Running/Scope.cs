using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

/// <summary>
/// Variables of one body (template, loop turn, macro call, with, block). Reading looks outwards, writing stays inside. Macros keep the scope
/// they were defined in and see what it holds when they are called.
/// </summary>
internal sealed class Scope(Scope? outer)
{
    private const int MostForLinearSearch = 8;

    private readonly Scope? _outer = outer;
    private string[] _names = [];
    private Value[] _values = [];
    private int _count;
    private Dictionary<string, int>? _positions;
    private bool _isKept;

    public Value? Find(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope._outer)
        {
            int position = scope.PositionOf(name);
            if (position >= 0) return scope._values[position];
        }
        return null;
    }

    public void Set(string name, Value value)
    {
        int position = PositionOf(name);
        if (position >= 0)
        {
            _values[position] = value;
            return;
        }
        if (_count == _names.Length)
        {
            Array.Resize(ref _names, Math.Max(4, 2 * _count));
            Array.Resize(ref _values, _names.Length);
        }
        (_names[_count], _values[_count]) = (name, value);
        _positions?.Add(name, _count);
        _count++;
        if (_positions is null && _count > MostForLinearSearch)
            _positions = Enumerable.Range(0, _count).ToDictionary(i => _names[i], StringComparer.Ordinal);
    }

    /// <summary>A macro refers to this scope and those around it: they must not be used again.</summary>
    public void Keep()
    {
        for (Scope? scope = this; scope is not null && !scope._isKept; scope = scope._outer) scope._isKept = true;
    }

    /// <summary>An empty scope inside the same one: this one again when nothing refers to it.</summary>
    public Scope Renew()
    {
        if (_isKept) return new Scope(_outer);
        _count = 0;
        _positions = null;
        return this;
    }

    private int PositionOf(string name)
    {
        if (_positions is not null) return _positions.TryGetValue(name, out int position) ? position : -1;
        for (int i = 0; i < _count; i++)
            if (ReferenceEquals(_names[i], name) || _names[i] == name) return i;
        return -1;
    }
}
