using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Operations;

/// <summary>Python's arithmetic: integers of any size, floats, and <c>+</c>, <c>*</c>, <c>%</c> of texts and lists.</summary>
internal static class Arithmetic
{
    public static Value Apply(string sign, Value left, Value right, RenderContext context)
    {
        if (left is UndefinedValue leftUndefined) throw leftUndefined.Failure();
        if (sign == "%" && left is TextValue pattern) return PercentFormat.Apply(pattern, right, context);
        if (right is UndefinedValue rightUndefined) throw rightUndefined.Failure();
        if (left is NumberValue a && right is NumberValue b)
            return a is IntegralValue i && b is IntegralValue j ? OfIntegers(sign, i.Integer, j.Integer) : OfFloats(sign, a.ToDouble(), b.ToDouble());
        Value? result = sign switch
        {
            "+" => Concatenate(left, right, context),
            "*" when right is IntegralValue times => Repeat(left, times.Integer, context),
            "*" when left is IntegralValue times => Repeat(right, times.Integer, context),
            _ => null,
        };
        return result ?? throw JinjaException.Evaluation(sign == "+" && left is TextValue
            ? $"can only concatenate str (not \"{right.TypeName}\") to str."
            : $"unsupported operand types for {sign}: '{left.TypeName}' and '{right.TypeName}'.");
    }

    public static Value Negate(Value value) => value switch
    {
        UndefinedValue undefined => throw undefined.Failure(),
        IntegralValue integer => IntegerValue.Of(-integer.Integer),
        FloatValue number => new FloatValue(-number.Float),
        _ => throw JinjaException.Evaluation($"bad operand type for unary -: '{value.TypeName}'."),
    };

    public static Value Plus(Value value) => value switch
    {
        UndefinedValue undefined => throw undefined.Failure(),
        IntegralValue integer => IntegerValue.Of(integer.Integer),
        FloatValue => value,
        _ => throw JinjaException.Evaluation($"bad operand type for unary +: '{value.TypeName}'."),
    };

    private static Value OfIntegers(string sign, BigInteger left, BigInteger right)
    {
        switch (sign)
        {
            case "+": return IntegerValue.Of(left + right);
            case "-": return IntegerValue.Of(left - right);
            case "*": return IntegerValue.Of(left * right);
            case "**": return Power(left, right);
            default:
                if (right.IsZero) throw JinjaException.Evaluation("division by zero.");
                if (sign == "/") return new FloatValue(Quotient(left, right));
                BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
                bool roundsUp = !remainder.IsZero && (remainder.Sign < 0) != (right.Sign < 0);
                return IntegerValue.Of(sign == "//" ? (roundsUp ? quotient - 1 : quotient) : (roundsUp ? remainder + right : remainder));
        }
    }

    private static double Quotient(BigInteger left, BigInteger right)
    {
        double result = (double)left / (double)right;
        return double.IsFinite(result) ? result : throw JinjaException.Evaluation("integer division result too large for a float.");
    }

    private static Value Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
        {
            if (left.IsZero) throw JinjaException.Evaluation("0.0 cannot be raised to a negative power.");
            return new FloatValue(Math.Pow((double)left, (double)right));
        }
        if (BigInteger.Abs(left) <= 1) return IntegerValue.Of(right.IsEven ? left * left : right.IsZero ? BigInteger.One : left);
        if (right > IntegerValue.MaxBits || left.GetBitLength() * (long)right > IntegerValue.MaxBits + 1024)
            throw JinjaException.Limit($"The template makes an integer of more than {IntegerValue.MaxBits} bits, which is the limit.");
        return IntegerValue.Of(BigInteger.Pow(left, (int)right));
    }

    private static FloatValue OfFloats(string sign, double left, double right)
    {
        if (right == 0 && sign is "/" or "//" or "%") throw JinjaException.Evaluation("float division by zero.");
        return new FloatValue(sign switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => FloorDivide(left, right),
            "%" => Modulo(left, right),
            _ => Power(left, right),
        });
    }

    private static double Power(double left, double right)
    {
        if (left == 0 && right < 0) throw JinjaException.Evaluation("0.0 cannot be raised to a negative power.");
        if (left < 0 && double.IsFinite(left) && double.IsFinite(right) && !double.IsInteger(right))
            throw JinjaException.Evaluation("A negative number with a broken exponent has no real result.");
        double result = Math.Pow(left, right);
        if (double.IsInfinity(result) && double.IsFinite(left) && double.IsFinite(right)) throw JinjaException.Evaluation("The result is too large for a float.");
        return result;
    }

    private static double Modulo(double left, double right)
    {
        double remainder = left % right;
        if (remainder == 0) return Math.CopySign(0, right);
        return remainder < 0 != right < 0 ? remainder + right : remainder;
    }

    private static double FloorDivide(double left, double right)
    {
        double remainder = left % right;
        double quotient = (left - remainder) / right;
        if (remainder != 0 && remainder < 0 != right < 0) quotient -= 1;
        if (quotient == 0) return Math.CopySign(0, left / right);
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static Value? Concatenate(Value left, Value right, RenderContext context)
    {
        switch (left, right)
        {
            case (TextValue a, TextValue b):
                context.Budget.Text((long)a.Text.Length + b.Text.Length);
                return a.IsMarkup || b.IsMarkup
                    ? TextValue.Of(HtmlText.Escaped(a, context) + HtmlText.Escaped(b, context), isMarkup: true)
                    : TextValue.Of(a.Text + b.Text);
            case (ListValue a, ListValue b): return a.Like(Joined(a, b, context), context);
            case (TupleValue a, TupleValue b): return a.Like(Joined(a, b, context), context);
            default: return null;
        }
    }

    private static Value[] Joined(SequenceValue left, SequenceValue right, RenderContext context)
    {
        context.Budget.Elements((long)left.Items.Count + right.Items.Count);
        return [.. left.Items, .. right.Items];
    }

    private static Value? Repeat(Value value, BigInteger times, RenderContext context)
    {
        int count = times.Sign <= 0 ? 0 : times > int.MaxValue ? int.MaxValue : (int)times;
        switch (value)
        {
            case TextValue text:
                context.Budget.Text((long)text.Text.Length * count);
                return TextValue.Of(string.Concat(Enumerable.Repeat(text.Text, text.Text.Length == 0 ? 0 : count)), text.IsMarkup);
            case SequenceValue sequence:
                context.Budget.Elements((long)sequence.Items.Count * count);
                var items = new List<Value>();
                for (int i = 0; i < count && sequence.Items.Count > 0; i++) items.AddRange(sequence.Items);
                return sequence.Like(items, context);
            default: return null;
        }
    }
}
