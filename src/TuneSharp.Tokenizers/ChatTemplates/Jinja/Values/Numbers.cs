using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

/// <summary>A value that takes part in arithmetic: bool, int or float.</summary>
internal abstract class NumberValue : Value
{
    /// <summary>The value as Python's float(); integers beyond its range fail.</summary>
    public abstract double ToDouble();
}

/// <summary>An integer of any size (bool counts as one).</summary>
internal abstract class IntegralValue : NumberValue
{
    public abstract BigInteger Integer { get; }

    public override double ToDouble()
    {
        double value = (double)Integer;
        return double.IsFinite(value) ? value : throw JinjaException.Evaluation("int too large to convert to float.");
    }
}

/// <summary><c>true</c> or <c>false</c>; also the numbers 1 and 0.</summary>
internal sealed class BoolValue : IntegralValue
{
    public static readonly BoolValue True = new(true);
    public static readonly BoolValue False = new(false);

    private readonly bool _value;

    private BoolValue(bool value) => _value = value;

    public override string TypeName => "bool";

    public override bool IsTrue => _value;

    public override BigInteger Integer => _value ? BigInteger.One : BigInteger.Zero;

    public static BoolValue Of(bool value) => value ? True : False;

    public override void PrintRepr(TextOutput writer) => writer.Write(_value ? "True" : "False");

    public override Value? Attribute(string name, RenderContext context) => NumberMethods.Find(this, name);
}

/// <summary>An int.</summary>
internal sealed class IntegerValue : IntegralValue
{
    /// <summary>Integers beyond this size are refused: arithmetic on them would be slow.</summary>
    public const int MaxBits = 1 << 16;

    /// <summary>Python prints and reads integers of at most this many digits.</summary>
    public const int MaxDigits = 4300;

    private static readonly IntegerValue[] s_small = [.. Enumerable.Range(0, 257).Select(i => new IntegerValue(i))];

    private IntegerValue(BigInteger value) => Integer = value;

    public override BigInteger Integer { get; }

    public override string TypeName => "int";

    public override bool IsTrue => !Integer.IsZero;

    public static IntegerValue Of(int value) => value is >= 0 and <= 256 ? s_small[value] : new IntegerValue(value);

    public static IntegerValue Of(BigInteger value)
    {
        if (value.GetBitLength() > MaxBits) throw JinjaException.Limit($"The template makes an integer of more than {MaxBits} bits, which is the limit.");
        return new IntegerValue(value);
    }

    public override void PrintRepr(TextOutput writer)
    {
        writer.Budget.Work(Integer.GetBitLength() >> 4);
        writer.Write(Digits());
    }

    /// <summary>Decimal digits, as Python refuses them beyond <see cref="MaxDigits"/>.</summary>
    public string Digits() => DigitsOf(Integer);

    public static string DigitsOf(BigInteger value)
    {
        string digits = value.ToString();
        if (digits.Length > MaxDigits + (value.Sign < 0 ? 1 : 0)) throw JinjaException.Limit($"The template prints an integer of more than {MaxDigits} digits, which is the limit.");
        return digits;
    }

    public override Value? Attribute(string name, RenderContext context) => NumberMethods.Find(this, name);
}

/// <summary>A float.</summary>
internal sealed class FloatValue(double value) : NumberValue
{
    public double Float { get; } = value;

    public override string TypeName => "float";

    public override bool IsTrue => Float != 0;

    public override double ToDouble() => Float;

    public override void PrintRepr(TextOutput writer) => writer.Write(PythonFloat.Repr(Float));

    public override Value? Attribute(string name, RenderContext context) => NumberMethods.Find(this, name);
}
