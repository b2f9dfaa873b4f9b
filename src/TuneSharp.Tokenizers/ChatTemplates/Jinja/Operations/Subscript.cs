using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;

/// <summary>
/// <c>value.name</c> tries the attribute first and the element second, <c>value[key]</c> the other way round. Names that begin with an underscore
/// and methods that change their object give an undefined value that fails when it is used.
/// </summary>
internal static class Subscript
{
    private static readonly HashSet<string> s_listChanges = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"];
    private static readonly HashSet<string> s_ofEveryObject = ["__class__", "__doc__", "__init__", "__new__", "__module__", "__eq__", "__hash__", "__str__", "__repr__", "__dir__", "__reduce__"];
    private static readonly HashSet<string> s_dictChanges = ["clear", "pop", "popitem", "setdefault", "update"];

    public static Value Attribute(Value owner, string name, RenderContext context)
    {
        if (IsForbidden(owner, name)) return UndefinedValue.Unsafe(owner, name);
        return owner.Attribute(name, context) ?? owner.Item(TextValue.Of(name), context) ?? Missing(owner, TextValue.Of(name));
    }

    public static Value Item(Value owner, Value key, RenderContext context)
    {
        if (owner.Item(key, context) is Value item) return item;
        if (key is TextValue text)
        {
            if (IsForbidden(owner, text.Text)) return UndefinedValue.Unsafe(owner, text.Text);
            if (owner.Attribute(text.Text, context) is Value attribute) return attribute;
        }
        return Missing(owner, key);
    }

    /// <summary><c>value[start:stop:step]</c>, which types without it refuse.</summary>
    public static Value Slice(Value owner, Value slice, RenderContext context) =>
        owner.Item(slice, context) ?? throw JinjaException.Evaluation(owner is DictValue ? "unhashable type: 'slice'." : $"'{owner.TypeName}' object is not subscriptable.");

    /// <summary>Like <see cref="Attribute"/>, without falling back on elements.</summary>
    public static Value AttributeOnly(Value owner, string name, RenderContext context)
    {
        if (IsForbidden(owner, name)) return UndefinedValue.Unsafe(owner, name);
        return owner.Attribute(name, context) ?? Missing(owner, TextValue.Of(name));
    }

    /// <summary>A Python index (negative ones count from the end) as a position; null when it is outside.</summary>
    public static int? Position(BigInteger index, int length)
    {
        if (index.Sign < 0) index += length;
        return index.Sign >= 0 && index < length ? (int)index : null;
    }

    /// <summary>Python's special names are taken to exist on every object but undefined ones; other names with an underscore exist nowhere here.</summary>
    private static bool IsForbidden(Value owner, string name)
    {
        if (owner is UndefinedValue) return s_ofEveryObject.Contains(name);
        if (name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal)) return owner is not NamespaceValue;
        return owner is ListValue ? s_listChanges.Contains(name) : owner is DictValue && s_dictChanges.Contains(name);
    }

    private static UndefinedValue Missing(Value owner, Value key)
    {
        string type = owner is NoneValue ? "None" : $"'{owner.TypeName} object'";
        return key is TextValue text
            ? new UndefinedValue($"{type} has no attribute '{text.Text}', so it is undefined.")
            : new UndefinedValue($"{type} has no element {Describe(key)}, so it is undefined.");
    }

    private static string Describe(Value key) => key is IntegerValue integer && integer.Integer.GetBitLength() < 64 ? integer.Digits() : "of type " + key.TypeName;
}
