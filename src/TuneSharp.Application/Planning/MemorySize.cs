using System.Globalization;
using TuneSharp.Formats;

namespace TuneSharp.Application.Planning;

/// <summary>An amount of memory as people write it: 8GB, 7.5 GiB, 6000MB, 8g.</summary>
public static class MemorySize
{
    private static readonly (string Unit, double Bytes)[] s_units =
        [("gib", 1L << 30), ("mib", 1L << 20), ("tb", 1e12), ("gb", 1e9), ("mb", 1e6), ("g", 1e9), ("m", 1e6)];

    /// <param name="text">Number and unit; the letters' case does not matter.</param>
    /// <param name="where">The option, for errors.</param>
    /// <exception cref="InvalidInputException">No number, no unit, or nothing.</exception>
    public static long Parse(string text, string where)
    {
        string trimmed = text.Trim().ToLowerInvariant();
        foreach ((string unit, double bytes) in s_units)
        {
            if (!trimmed.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (double.TryParse(trimmed[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && number * bytes < long.MaxValue) return (long)(number * bytes);
        }
        throw new InvalidInputException($"\"{text}\" is no amount of memory.", where, "Write a number and a unit, as 8GB or 6000MB.");
    }
}
