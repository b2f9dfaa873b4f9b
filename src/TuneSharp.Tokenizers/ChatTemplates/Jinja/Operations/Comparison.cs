using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;

/// <summary>Python's <c>==</c>, <c>&lt;</c> and <c>in</c>.</summary>
internal static class Comparison
{
    public static bool AreEqual(Value left, Value right, RenderContext context)
    {
        context.Budget.Work(Math.Min(left.Weight, right.Weight));
        return AreEqual(left, right);
    }

    /// <summary>The same object or equal: how containers compare their elements.</summary>
    public static bool AreSame(Value left, Value right) => ReferenceEquals(left, right) || AreEqual(left, right);

    /// <summary>Python's <c>left &lt; right</c>.</summary>
    public static bool IsLess(Value left, Value right, RenderContext context) => Order(left, right, "<", context) is < 0;

    public static bool IsLessOrEqual(Value left, Value right, RenderContext context) => Order(left, right, "<=", context) is <= 0;

    public static bool IsGreater(Value left, Value right, RenderContext context) => Order(left, right, ">", context) is > 0;

    public static bool IsGreaterOrEqual(Value left, Value right, RenderContext context) => Order(left, right, ">=", context) is >= 0;

    /// <summary>Python's <c>element in container</c>.</summary>
    public static bool Contains(Value container, Value element, RenderContext context)
    {
        switch (container)
        {
            case TextValue text:
                if (element is not TextValue part) throw JinjaException.Evaluation($"'in <string>' requires string as left operand, not {element.TypeName}.");
                context.Budget.Scan(text.Text.Length);
                return TextFinder.IndexOf(text.Text, part.Text) >= 0;
            case DictValue dict:
                return dict.Find(element, context) is not null;
            default:
                IEnumerable<Value> items = container.Elements(context) ?? throw JinjaException.Evaluation($"argument of type '{container.TypeName}' is not iterable.");
                foreach (Value item in items)
                {
                    context.Budget.Work(Math.Min(item.Weight, element.Weight));
                    if (AreSame(item, element)) return true;
                }
                return false;
        }
    }

    private static bool AreEqual(Value left, Value right)
    {
        switch (left, right)
        {
            case (TextValue a, TextValue b): return a.Text == b.Text;
            case (NumberValue a, NumberValue b): return Order(a, b) is 0;
            case (ListValue a, ListValue b): return AreEqual(a.Items, b.Items);
            case (TupleValue a, TupleValue b): return AreEqual(a.Items, b.Items);
            case (DictValue a, DictValue b): return AreEqual(a, b);
            case (RangeValue a, RangeValue b): return a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Step == b.Step)));
            case (UndefinedValue, UndefinedValue): return true;
            default: return ReferenceEquals(left, right);
        }
    }

    private static bool AreEqual(IReadOnlyList<Value> left, IReadOnlyList<Value> right)
    {
        if (left.Count != right.Count) return false;
        for (int i = 0; i < left.Count; i++)
            if (!AreSame(left[i], right[i])) return false;
        return true;
    }

    private static bool AreEqual(DictValue left, DictValue right)
    {
        if (left.Pairs.Count != right.Pairs.Count) return false;
        foreach ((Value key, Value value) in left.Pairs)
            if (right.FindPaidFor(key) is not Value other || !AreSame(value, other)) return false;
        return true;
    }

    /// <summary>Negative, zero, positive; null when a NaN is involved.</summary>
    private static int? Order(Value left, Value right, string sign, RenderContext context)
    {
        context.Budget.Work(Math.Min(left.Weight, right.Weight));
        return Order(left, right, sign);
    }

    private static int? Order(Value left, Value right, string sign)
    {
        switch (left, right)
        {
            case (NumberValue a, NumberValue b): return Order(a, b);
            case (TextValue a, TextValue b): return CodePoints.Compare(a.Text, b.Text);
            case (ListValue a, ListValue b): return Order(a.Items, b.Items, sign);
            case (TupleValue a, TupleValue b): return Order(a.Items, b.Items, sign);
            case (UndefinedValue undefined, _): throw undefined.Failure();
            case (_, UndefinedValue undefined): throw undefined.Failure();
            default: throw JinjaException.Evaluation($"'{sign}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'.");
        }
    }

    private static int? Order(IReadOnlyList<Value> left, IReadOnlyList<Value> right, string sign)
    {
        for (int i = 0; i < left.Count && i < right.Count; i++)
            if (!AreSame(left[i], right[i])) return Order(left[i], right[i], sign);
        return left.Count.CompareTo(right.Count);
    }

    private static int? Order(NumberValue left, NumberValue right) => (left, right) switch
    {
        (IntegralValue a, IntegralValue b) => a.Integer.CompareTo(b.Integer),
        (IntegralValue a, FloatValue b) => Order(a.Integer, b.Float),
        (FloatValue a, IntegralValue b) => -Order(b.Integer, a.Float),
        (FloatValue a, FloatValue b) => double.IsNaN(a.Float) || double.IsNaN(b.Float) ? null : a.Float.CompareTo(b.Float),
        _ => null,
    };

    private static int? Order(BigInteger left, double right)
    {
        if (double.IsNaN(right)) return null;
        if (double.IsInfinity(right)) return right > 0 ? -1 : 1;
        double floor = Math.Floor(right);
        int order = left.CompareTo(new BigInteger(floor));
        return order != 0 ? order : floor < right ? -1 : 0;
    }
}
