using System.Globalization;

namespace TuneSharp.Application.Recipes;

/// <summary>How plain words of a recipe are read as booleans and numbers.</summary>
internal static class ScalarText
{
    public const NumberStyles Integer = NumberStyles.AllowLeadingSign;

    public static bool? ToBool(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };

    /// <returns>Null if the text is no finite number.</returns>
    public static double? ToDouble(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number)
        && double.IsFinite(number) ? number : null;
}
