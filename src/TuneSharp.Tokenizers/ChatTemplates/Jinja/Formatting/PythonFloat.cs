using System.Globalization;
using System.Numerics;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Floats as Python prints them: the shortest text that reads back as the same value, and correctly rounded digits (ties to even).</summary>
internal static class PythonFloat
{
    /// <summary>Most digits behind the point that a format may ask for.</summary>
    public const int MaxPrecision = 1100;

    /// <summary>What exact digits cost.</summary>
    public static long StepsFor(long precision) => 50 + Math.Clamp(precision, 0, MaxPrecision);

    /// <summary>Python's repr().</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value)) return NonFinite(value);
        (string digits, int exponent) = Shortest(Math.Abs(value));
        string sign = double.IsNegative(value) ? "-" : "";
        if (exponent is < -4 or >= 16) return sign + Scientific(digits, exponent, 'e');
        if (exponent < 0) return sign + "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1) return sign + digits.PadRight(exponent + 1, '0') + ".0";
        return sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    public static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    /// <summary>|value| with that many digits behind the point.</summary>
    public static string Fixed(double value, int precision)
    {
        string digits = Scaled(value, precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : digits[..^precision] + "." + digits[^precision..];
    }

    /// <summary>|value| as d.ddde±xx with that many digits behind the point.</summary>
    public static string Exponential(double value, int precision, char e)
    {
        (string digits, int exponent) = Significant(value, precision + 1);
        return Scientific(digits, exponent, e);
    }

    /// <summary>|value| with so many significant digits, fixed or scientific, whichever is shorter (C's %g).</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="precision">Significant digits; 0 counts as 1.</param>
    /// <param name="e">e or E.</param>
    /// <param name="keepZeros">Keeps zeros at the end.</param>
    /// <param name="keepPoint">Ends a fixed number without broken part in .0 (Python's format without a type).</param>
    public static string General(double value, int precision, char e, bool keepZeros, bool keepPoint)
    {
        precision = Math.Max(1, precision);
        (string digits, int exponent) = Significant(value, precision);
        if (exponent < -4 || exponent >= precision + (keepPoint ? -1 : 0))
            return Scientific(keepZeros ? digits : TrimZeros(digits, 1), exponent, e);
        string text = exponent >= 0
            ? digits[..(exponent + 1)] + "." + digits[(exponent + 1)..]
            : "0." + new string('0', -exponent - 1) + digits;
        if (!keepZeros) text = text.TrimEnd('0');
        return keepPoint && text.EndsWith('.') ? text + "0" : text.TrimEnd('.');
    }

    /// <summary>The alternate form: a point even where no digits follow it.</summary>
    public static string WithPoint(string number)
    {
        if (number.Contains('.')) return number;
        int end = number.AsSpan().IndexOfAny("eE%");
        return end < 0 ? number + "." : number[..end] + "." + number[end..];
    }

    /// <summary>Python's round(): the nearest multiple of 10^-digits to the exact value, ties to even.</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value) || digits > 323) return value;
        if (digits < -308) return Math.CopySign(0, value);
        BigInteger scaled = Scaled(value, digits);
        return Math.CopySign(double.Parse(scaled.ToString(CultureInfo.InvariantCulture) + "E" + (-digits).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), value);
    }

    /// <summary>|value|·10^digits as the nearest integer, ties to even, from the exact binary value.</summary>
    private static BigInteger Scaled(double value, int digits)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)((bits >> 52) & 0x7FF);
        BigInteger numerator = biased == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
        int power = Math.Max(biased, 1) - 1075;
        BigInteger denominator = BigInteger.One;
        if (digits >= 0) numerator *= BigInteger.Pow(10, digits);
        else denominator = BigInteger.Pow(10, -digits);
        if (power >= 0) numerator <<= power;
        else denominator <<= -power;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>The shortest digits of a value that is not negative, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Shortest(double value)
    {
        if (value == 0) return ("0", 0);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E');
        string mantissa = e < 0 ? shortest : shortest[..e];
        int point = mantissa.IndexOf('.');
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int exponent = (point < 0 ? mantissa.Length : point) - 1 + (e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), CultureInfo.InvariantCulture));
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (TrimZeros(digits[zeros..], 1), exponent - zeros);
    }

    private static (string Digits, int Exponent) Significant(double value, int count)
    {
        if (value == 0) return (new string('0', count), 0);
        int exponent = Shortest(Math.Abs(value)).Exponent;
        string digits = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
        if (digits.Length == count) return (digits, exponent);
        exponent += digits.Length - count;
        digits = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
        return digits.Length > count ? (digits[..count], exponent + 1) : (digits, exponent);
    }

    private static string Scientific(string digits, int exponent, char e)
    {
        string mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return $"{mantissa}{e}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string TrimZeros(string digits, int least)
    {
        int length = digits.Length;
        while (length > least && digits[length - 1] == '0') length--;
        return digits[..length];
    }
}
