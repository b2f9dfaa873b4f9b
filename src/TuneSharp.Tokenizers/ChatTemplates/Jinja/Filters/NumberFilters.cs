using System.Globalization;
using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Filters;

/// <summary>Filters that give numbers, or print them.</summary>
internal static class NumberFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        new("abs", "", Abs),
        new("int", "default=, base=", ToInt),
        new("float", "default=", ToFloat),
        new("round", "precision=, method=", Round),
        new("sum", "attribute=, start=", Sum),
        new("filesizeformat", "binary=", FileSize),
    ];

    private static NumberValue Number(Value value) => value switch
    {
        NumberValue number => number,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw JinjaException.Evaluation($"A number is expected, not '{value.TypeName}'."),
    };

    private static Value Abs(BoundCall c) => Number(c.Self) switch
    {
        IntegralValue integer => IntegerValue.Of(BigInteger.Abs(integer.Integer)),
        NumberValue number => new FloatValue(Math.Abs(number.ToDouble())),
    };

    private static Value ToInt(BoundCall c)
    {
        InspectText(c);
        Value byDefault = c[0] ?? IntegerValue.Of(0);
        switch (c.Self)
        {
            case UndefinedValue undefined: throw undefined.Failure();
            case IntegralValue integer: return IntegerValue.Of(integer.Integer);
            case FloatValue number when double.IsInfinity(number.Float): throw JinjaException.Evaluation("cannot convert float infinity to integer.");
            case FloatValue number: return Truncated(number.Float) ?? byDefault;
            case TextValue text:
                long numDigits = Math.Min(text.Text.Length, IntegerValue.MaxDigits);
                c.Budget.Work((numDigits * numDigits) >> 9);
                if (Radix.Parse(text.Text, c.Int(1, 10)) is BigInteger parsed) return IntegerValue.Of(parsed);
                return FloatText.Parse(text.Text) is double value ? Truncated(value) ?? byDefault : byDefault;
            default: return byDefault;
        }
    }

    private static IntegerValue? Truncated(double value) => double.IsFinite(value) ? IntegerValue.Of(new BigInteger(Math.Truncate(value))) : null;

    private static Value ToFloat(BoundCall c)
    {
        InspectText(c);
        return c.Self switch
        {
            UndefinedValue undefined => throw undefined.Failure(),
            NumberValue number => new FloatValue(number.ToDouble()),
            TextValue text when FloatText.Parse(text.Text) is double value => new FloatValue(value),
            _ => c[0] ?? new FloatValue(0),
        };
    }

    private static void InspectText(in BoundCall c)
    {
        if (c.Self is TextValue text) c.Budget.Inspect(text.Text.Length);
    }

    private static Value Round(BoundCall c)
    {
        string method = c.Text(1, "common");
        if (method is not ("common" or "ceil" or "floor")) throw JinjaException.Evaluation("The method of round must be common, ceil or floor.");
        NumberValue number = Number(c.Self);
        int precision = c.Int(0, 0);
        c.Budget.Work(PythonFloat.StepsFor(Math.Abs((long)precision)));
        if (method == "common") return number is IntegralValue integer ? RoundInteger(integer.Integer, precision) : new FloatValue(PythonFloat.Round(number.ToDouble(), precision));
        Value power = Arithmetic.Apply("**", IntegerValue.Of(10), IntegerValue.Of(precision), c.Context);
        Value scaled = Arithmetic.Apply("*", number, power, c.Context);
        if (scaled is FloatValue { Float: var exact })
        {
            if (!double.IsFinite(exact)) throw JinjaException.Evaluation("Infinity and NaN cannot be rounded to integers.");
            scaled = IntegerValue.Of(new BigInteger(method == "ceil" ? Math.Ceiling(exact) : Math.Floor(exact)));
        }
        return Arithmetic.Apply("/", scaled, power, c.Context);
    }

    private static IntegerValue RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0) return IntegerValue.Of(value);
        if (precision < -IntegerValue.MaxDigits) return IntegerValue.Of(0);
        BigInteger unit = BigInteger.Pow(10, -precision);
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient++;
        return IntegerValue.Of(quotient * unit * value.Sign);
    }

    private static Value Sum(BoundCall c)
    {
        Value total = c[1] ?? IntegerValue.Of(0);
        if (total is TextValue) throw JinjaException.Evaluation("sum cannot add texts: use join.");
        Func<Value, Value> get = AttributeGetter.For(c.IsGiven(0) ? c[0] : null, c.Context);
        foreach (Value item in c.Context.Iterate(c.Self)) total = Arithmetic.Apply("+", total, get(item), c.Context);
        return total;
    }

    private static TextValue FileSize(BoundCall c)
    {
        InspectText(c);
        double bytes = c.Self is TextValue text
            ? FloatText.Parse(text.Text) ?? throw JinjaException.Evaluation($"could not convert string to float: '{text.Text}'.")
            : Number(c.Self).ToDouble();
        bool binary = c.Flag(0);
        double unit = binary ? 1024 : 1000, size = unit;
        if (bytes == 1) return TextValue.Of("1 Byte");
        if (double.IsNaN(bytes)) throw JinjaException.Evaluation("NaN is no file size.");
        if (bytes < unit) return TextValue.Of(Math.Truncate(bytes).ToString("0", CultureInfo.InvariantCulture) + " Bytes");
        string prefix = "";
        foreach (char next in "KMGTPEZY")
        {
            prefix = binary ? next + "iB" : (next == 'K' ? "k" : next.ToString()) + "B";
            size *= unit;
            if (bytes < size) break;
        }
        double shown = unit * bytes / size;
        return TextValue.Of((shown < 0 ? "-" : "") + (double.IsFinite(shown) ? PythonFloat.Fixed(shown, 1) : "inf") + " " + prefix);
    }
}
