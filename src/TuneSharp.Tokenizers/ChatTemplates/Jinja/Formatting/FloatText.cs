using System.Globalization;
using TuneSharp.Tokenizers.ChatTemplates.Jinja.Characters;

namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>What Python's float(text) reads.</summary>
internal static class FloatText
{
    /// <summary>The number; null when the text is none.</summary>
    public static double? Parse(string text)
    {
        string number = CharacterClasses.Strip(text);
        string unsigned = number.TrimStart('+', '-').ToLowerInvariant();
        if (number.Length - unsigned.Length > 1) return null;
        bool isNegative = number.StartsWith('-');
        if (unsigned is "inf" or "infinity") return isNegative ? double.NegativeInfinity : double.PositiveInfinity;
        if (unsigned == "nan") return double.NaN;
        for (int i = 0; i < unsigned.Length; i++)
            if (unsigned[i] == '_' && (i == 0 || i == unsigned.Length - 1 || !char.IsAsciiDigit(unsigned[i - 1]) || !char.IsAsciiDigit(unsigned[i + 1]))) return null;
        string digits = number.Replace("_", "", StringComparison.Ordinal);
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return digits.AsSpan().ContainsAnyInRange('0', '9') && double.TryParse(digits, styles, CultureInfo.InvariantCulture, out double value) ? value : null;
    }
}
