namespace TuneSharp.Tokenizers.ChatTemplates.Jinja.Formatting;

/// <summary>Signs, filling and thousands separators around the digits of a number.</summary>
internal static class NumberLayout
{
    /// <summary>Writes sign, prefix and digits, filled to the width.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sign">"-", "+", " " or nothing.</param>
    /// <param name="prefix">0x and its kind, or nothing.</param>
    /// <param name="digits">The rest of the number.</param>
    /// <param name="fill">Filling character.</param>
    /// <param name="align">&lt; left, &gt; right, ^ middle, = between sign and digits.</param>
    /// <param name="width">Least number of characters.</param>
    public static void Write(TextOutput writer, string sign, string prefix, string digits, string fill, char align, long width)
    {
        long missing = Math.Max(0, width - sign.Length - prefix.Length - digits.Length);
        if (missing > writer.Budget.Limits.MaxTextLength)
            throw JinjaException.Limit($"The width {width} goes beyond the limit of {writer.Budget.Limits.MaxTextLength} characters.");
        long before = align switch { '<' => 0, '^' => missing / 2, '=' => 0, _ => missing };
        Fill(writer, fill, before);
        writer.Write(sign);
        writer.Write(prefix);
        if (align == '=') Fill(writer, fill, missing);
        writer.Write(digits);
        if (align != '=') Fill(writer, fill, missing - before);
    }

    /// <summary>Puts a separator between groups of digits in front of the point or exponent.</summary>
    public static string Group(string number, char separator, int groupSize)
    {
        int end = number.AsSpan().IndexOfAny(".eE%");
        if (groupSize == 4 || end < 0) end = number.Length;
        var groups = new List<string>();
        for (int to = end; to > 0; to -= groupSize) groups.Add(number[Math.Max(0, to - groupSize)..to]);
        groups.Reverse();
        return string.Join(separator, groups) + number[end..];
    }

    private static void Fill(TextOutput writer, string fill, long count)
    {
        if (fill.Length == 1) writer.Write(fill[0], count);
        else for (long i = 0; i < count; i++) writer.Write(fill);
    }
}
