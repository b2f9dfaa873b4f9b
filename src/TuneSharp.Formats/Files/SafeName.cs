using System.Globalization;
using System.Text;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Files;

/// <summary>
/// Names that a person gives to runs, models, data sets and adapters. They become folder names, parts of addresses and
/// arguments, on every system: letters of any script, digits, and '-' or '_' inside.
/// </summary>
public static class SafeName
{
    public const int MaxLength = 100;
    private const int MaxBytes = 255; // what file systems allow for one name

    private static readonly HashSet<string> Reserved = new(
        [
            "con", "prn", "aux", "nul",
            .. Enumerable.Range(0, 10).Select(i => $"com{i}"), .. Enumerable.Range(0, 10).Select(i => $"lpt{i}"),
            "com¹", "com²", "com³", "lpt¹", "lpt²", "lpt³",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <param name="name">The name as given.</param>
    /// <param name="what">What it names, as in "run name"; for the error.</param>
    /// <returns>The name itself.</returns>
    /// <exception cref="InvalidInputException">Says which rule is broken.</exception>
    public static string Check(string name, string what)
    {
        if (name.Length == 0) throw Bad(name, what, "It is empty.");
        if (name.Length > MaxLength || Encoding.UTF8.GetByteCount(name) > MaxBytes)
            throw Bad(name, what, $"It may have {MaxLength} characters ({MaxBytes} bytes); this one has {name.Length} ({Encoding.UTF8.GetByteCount(name)} bytes).");
        Rune[] runes = [.. name.EnumerateRunes()];
        foreach (Rune rune in runes)
            if (rune.Value is not ('-' or '_') && !IsLetterOrDigit(rune) && !IsMark(rune)) throw Bad(name, what, $"{Quoted.Text(rune.ToString())} is not allowed in it.");
        if (!IsLetterOrDigit(runes[0]) || runes[^1].Value is '-' or '_') throw Bad(name, what, "It must start and end with a letter or digit.");
        if (Reserved.Contains(name)) throw Bad(name, what, "Windows reserves it.");
        return name;
    }

    // Hangul put together from parts looks the same as the composed syllable: two names for one picture.
    private static bool IsLetterOrDigit(Rune rune) =>
        (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) && rune.Value is not (>= 0x1100 and <= 0x11ff);

    // Vowel signs and the like; not accents and voicing marks, for which there are composed letters.
    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark && rune.Value is not ((>= 0x0300 and <= 0x036f) or 0x3099 or 0x309a);

    private static InvalidInputException Bad(string name, string what, string rule) =>
        new($"The {what} {Quoted.Text(name)} cannot be used. {rule}", null, "Use letters, digits, and '-' or '_' between them.");
}
