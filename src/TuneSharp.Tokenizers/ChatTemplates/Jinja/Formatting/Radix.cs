using System.Numerics;
using System.Text;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Integers in another base, both ways.</summary>
internal static class Radix
{
    /// <summary>Lower-case digits of a number that is not negative; the base is a power of two.</summary>
    public static string ToText(BigInteger magnitude, int radix)
    {
        if (magnitude.IsZero) return "0";
        int bits = BitOperations.Log2((uint)radix);
        var digits = new StringBuilder();
        for (long at = (magnitude.GetBitLength() - 1) / bits; at >= 0; at--) digits.Append("0123456789abcdef"[(int)((magnitude >> (int)(at * bits)) & (radix - 1))]);
        return digits.ToString();
    }

    /// <summary>What Python's int(text, radix) reads: blanks around, a sign, a prefix, single underscores between digits; null when it is none.</summary>
    public static BigInteger? Parse(string text, int radix)
    {
        string digits = Characters.CharacterClasses.Strip(text);
        bool negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+')) digits = digits[1..];
        int prefixed = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefixed != 0 && (radix == 0 || radix == prefixed))
        {
            digits = digits[2..].StartsWith('_') ? digits[3..] : digits[2..];
            radix = prefixed;
        }
        else if (radix == 0)
        {
            if (digits.Length > 1 && digits[0] == '0' && digits.Any(c => c is not '0' and not '_')) return null;
            radix = 10;
        }
        if (digits.Length == 0 || digits[0] == '_' || digits[^1] == '_' || digits.Contains("__", StringComparison.Ordinal)) return null;
        if (digits.Length > Values.IntegerValue.MaxDigits) return null;
        BigInteger number = BigInteger.Zero;
        foreach (string character in Characters.CodePoints.Split(digits))
        {
            if (character == "_") continue;
            int digit = DigitOf(character);
            if (digit < 0 || digit >= radix) return null;
            number = (number * radix) + digit;
        }
        return negative ? -number : number;
    }

    private static int DigitOf(string character)
    {
        if (character.Length == 1 && char.IsAsciiLetter(character[0])) return char.ToLowerInvariant(character[0]) - 'a' + 10;
        return Characters.CharacterClasses.DecimalDigit(character);
    }
}
