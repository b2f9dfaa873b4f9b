using System.Numerics;
using System.Runtime.CompilerServices;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;

/// <summary>Which values can be keys, and hashes that agree with Python's equality (1, 1.0 and True are one key).</summary>
internal static class Hashing
{
    public static bool IsHashable(Value value) => value switch
    {
        ListValue or DictValue or SliceValue or DictViewValue or NamespaceValue => false,
        TupleValue tuple => tuple.Items.All(IsHashable),
        _ => true,
    };

    public static void RequireHashable(Value key)
    {
        if (!IsHashable(key)) throw JinjaException.Evaluation($"unhashable type: '{key.TypeName}'.");
    }

    public static int Of(Value value)
    {
        switch (value)
        {
            case TextValue text: return text.Text.GetHashCode(StringComparison.Ordinal);
            case IntegralValue integer: return integer.Integer.GetHashCode();
            case FloatValue { Float: var number }: return double.IsInteger(number) ? new BigInteger(number).GetHashCode() : number.GetHashCode();
            case TupleValue tuple:
                var hash = default(HashCode);
                foreach (Value item in tuple.Items) hash.Add(Of(item));
                return hash.ToHashCode();
            case RangeValue range: return HashCode.Combine(range.Count, range.Count > 0 ? range.Start : BigInteger.Zero);
            case UndefinedValue: return 0;
            default: return RuntimeHelpers.GetHashCode(value);
        }
    }
}

/// <summary>Python's equality of dict keys.</summary>
internal sealed class KeyComparer : IEqualityComparer<Value>
{
    public static readonly KeyComparer Instance = new();

    public bool Equals(Value? x, Value? y) => x is not null && y is not null && Comparison.AreSame(x, y);

    public int GetHashCode(Value obj) => Hashing.Of(obj);
}
