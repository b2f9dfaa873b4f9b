using System.Globalization;

namespace TuneSharp.Evaluation.Texts;

/// <summary>What a text is written in, and how a Chinese one is taken apart without a dictionary.</summary>
public static class Han
{
    /// <summary>A Chinese character: the unified ideographs with all extensions, compatibility ideographs, 〇 and 々.</summary>
    public static bool IsIdeograph(int codePoint) => codePoint is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF) or 0x3005 or 0x3007;

    /// <summary>
    /// The units that texts in Chinese are compared by when no dictionary divides them: each ideograph, each run of other
    /// letters and digits, each other sign; white space is none.
    /// </summary>
    public static List<string> Units(string text)
    {
        var units = new List<string>();
        bool inRun = false;
        foreach (string point in CodePoints.Of(text))
        {
            int value = CodePoints.ValueOf(point);
            bool run = !IsIdeograph(value) && IsLetterOrDigit(value);
            if (run && inRun) units[^1] += point;
            else if (!PythonText.IsSpace(point[0])) units.Add(point);
            inRun = run;
        }
        return units;
    }

    /// <summary>True if the texts hold more ideographs than words of other scripts: a sentence in English that names a Chinese dish stays English.</summary>
    public static bool Prevails(IEnumerable<string> texts)
    {
        long ideographs = 0, words = 0;
        foreach (string text in texts)
        {
            foreach (string unit in Units(text))
            {
                if (IsIdeograph(FirstOf(unit))) ideographs++;
                else if (IsLetterOrDigit(FirstOf(unit))) words++;
            }
        }
        return ideographs > words;
    }

    internal static bool StartsWithLetterOrDigit(string unit) => IsLetterOrDigit(FirstOf(unit));

    private static int FirstOf(string unit) => char.IsHighSurrogate(unit[0]) && unit.Length > 1 ? char.ConvertToUtf32(unit[0], unit[1]) : unit[0];

    private static bool IsLetterOrDigit(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint) is <= UnicodeCategory.OtherLetter or
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
