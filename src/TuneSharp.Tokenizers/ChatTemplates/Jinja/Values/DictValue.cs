using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A dict in the order of insertion. It never changes: the sandbox forbids <c>update</c> and its kind.</summary>
internal sealed class DictValue : Value
{
    private readonly Dictionary<Value, int> _positions;
    private readonly List<KeyValuePair<Value, Value>> _pairs;

    /// <summary>A later pair with an equal key replaces the value and keeps the first key and place, as in Python.</summary>
    public DictValue(IEnumerable<KeyValuePair<Value, Value>> pairs, RenderContext context)
    {
        _positions = new Dictionary<Value, int>(KeyComparer.Instance);
        _pairs = [];
        long weight = 1;
        int depth = 0;
        foreach ((Value key, Value value) in pairs)
        {
            context.Budget.Elements(4);
            context.Budget.Work(key.Weight);
            Hashing.RequireHashable(key);
            if (_positions.TryGetValue(key, out int position)) _pairs[position] = new(_pairs[position].Key, value);
            else
            {
                _positions.Add(key, _pairs.Count);
                _pairs.Add(new(key, value));
            }
            weight = Saturating.Add(weight, Saturating.Add(key.Weight, value.Weight));
            depth = Math.Max(depth, Math.Max(key.Depth, value.Depth));
        }
        Weight = weight;
        Depth = context.CheckContainerDepth(depth + 1);
    }

    public IReadOnlyList<KeyValuePair<Value, Value>> Pairs => _pairs;

    public override string TypeName => "dict";

    public override bool IsTrue => _pairs.Count > 0;

    public override int? Length => _pairs.Count;

    public override int Depth { get; }

    public override long Weight { get; }

    public override IEnumerable<Value> Elements(RenderContext context) => _pairs.Select(pair => pair.Key);

    /// <summary>The value under a key; null when there is none.</summary>
    public Value? Find(Value key, RenderContext context)
    {
        context.Budget.Work(key.Weight);
        Hashing.RequireHashable(key);
        return _positions.TryGetValue(key, out int position) ? _pairs[position].Value : null;
    }

    /// <summary>The value under a hashable key in a comparison that has been paid for.</summary>
    public Value? FindPaidFor(Value key) => _positions.TryGetValue(key, out int position) ? _pairs[position].Value : null;

    /// <summary>The value under a text key; null when there is none.</summary>
    public Value? Find(string key) => _positions.TryGetValue(new TextValue(key), out int position) ? _pairs[position].Value : null;

    public override Value? Attribute(string name, RenderContext context) => DictMethods.Find(this, name);

    /// <summary>Like <see cref="Find(Value, RenderContext)"/>; a key that cannot be one is simply not there.</summary>
    public override Value? Item(Value key, RenderContext context)
    {
        context.Budget.Work(key.Weight);
        return Hashing.IsHashable(key) ? Find(key, context) : null;
    }

    public override void PrintRepr(TextOutput writer)
    {
        writer.Write('{');
        for (int i = 0; i < _pairs.Count; i++)
        {
            if (i > 0) writer.Write(", ");
            _pairs[i].Key.PrintRepr(writer);
            writer.Write(": ");
            _pairs[i].Value.PrintRepr(writer);
        }
        writer.Write('}');
    }
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: iterable and with a length, but without indices.</summary>
internal sealed class DictViewValue(DictValue dict, string part, RenderContext context) : Value
{
    private readonly Value[] _items = Part(dict, part, context);

    public override string TypeName => "dict_" + part;

    public override bool IsTrue => _items.Length > 0;

    public override int? Length => _items.Length;

    public override int Depth => dict.Depth + 1;

    public override long Weight => dict.Weight;

    public override IEnumerable<Value> Elements(RenderContext context) => _items;

    public override void PrintRepr(TextOutput writer)
    {
        writer.Write(TypeName);
        writer.Write("([");
        for (int i = 0; i < _items.Length; i++)
        {
            if (i > 0) writer.Write(", ");
            _items[i].PrintRepr(writer);
        }
        writer.Write("])");
    }

    private static Value[] Part(DictValue dict, string part, RenderContext context)
    {
        context.Budget.Elements(dict.Pairs.Count);
        return part switch
        {
            "keys" => [.. dict.Pairs.Select(pair => pair.Key)],
            "values" => [.. dict.Pairs.Select(pair => pair.Value)],
            _ => [.. dict.Pairs.Select(Value (pair) => new TupleValue([pair.Key, pair.Value], context))],
        };
    }
}
