using System.Numerics;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Running;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Values;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Methods;

/// <summary>Attributes of int, bool and float.</summary>
internal static class NumberMethods
{
    private static readonly MethodTable s_ofIntegers = new(
        new Builtin("bit_length", "", c => IntegerValue.Of((int)BigInteger.Abs(((IntegralValue)c.Self).Integer).GetBitLength())),
        new Builtin("conjugate", "", c => c.Self));

    private static readonly MethodTable s_ofFloats = new(
        new Builtin("is_integer", "", c => BoolValue.Of(double.IsInteger(((FloatValue)c.Self).Float))),
        new Builtin("conjugate", "", c => c.Self));

    public static Value? Find(NumberValue owner, string name) => (owner, name) switch
    {
        (IntegralValue integer, "real" or "numerator") => IntegerValue.Of(integer.Integer),
        (IntegralValue, "denominator") => IntegerValue.Of(1),
        (IntegralValue, "imag") => IntegerValue.Of(0),
        (IntegralValue, _) => s_ofIntegers.Bind(owner, name),
        (_, "real") => owner,
        (_, "imag") => new FloatValue(0),
        _ => s_ofFloats.Bind(owner, name),
    };
}
