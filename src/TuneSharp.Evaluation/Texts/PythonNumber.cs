using System.Numerics;

namespace TuneSharp.Evaluation.Texts;

/// <summary>Numbers as Python's format writes them.</summary>
public static class PythonNumber
{
    // Enough for each binary fraction that matters here to be written out in full.
    private const int ExactDigits = 80;

    /// <summary><c>f"{value:.{digits}f}"</c>: an exact half goes to the even digit, where .NET goes away from zero.</summary>
    public static string Fixed(double value, int digits)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        string exact = Math.Abs(value).ToString($"F{ExactDigits}");
        int point = exact.IndexOf('.');
        BigInteger kept = BigInteger.Parse(string.Concat(exact.AsSpan(0, point), exact.AsSpan(point + 1, digits)));
        string rest = exact[(point + 1 + digits)..];
        int comparison = string.CompareOrdinal(rest, "5".PadRight(rest.Length, '0'));
        if (comparison > 0 || (comparison == 0 && !kept.IsEven)) kept++;
        string all = kept.ToString().PadLeft(digits + 1, '0');
        string text = digits == 0 ? all : $"{all[..^digits]}.{all[^digits..]}";
        return double.IsNegative(value) ? "-" + text : text;
    }

    /// <summary><c>round(value, digits)</c>.</summary>
    public static double Round(double value, int digits) => double.IsFinite(value) ? double.Parse(Fixed(value, digits)) : value;
}
