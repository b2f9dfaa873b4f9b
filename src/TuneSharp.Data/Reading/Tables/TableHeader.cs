using System.Globalization;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>The columns of a table and, for a text file, how they are separated.</summary>
/// <param name="Columns">Names, none of them twice.</param>
/// <param name="InFile">The first line holds them; otherwise it is a row like the others.</param>
/// <param name="Delimiter">The byte between fields; 0 where there is none (spreadsheets).</param>
/// <param name="SkippedLines">Lines in front of the header (Excel's <c>sep=;</c>).</param>
internal sealed record TableHeader(IReadOnlyList<string> Columns, bool InFile, byte Delimiter = 0, int SkippedLines = 0)
{
    private const int LongestName = 64;

    private static readonly byte[] s_delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    /// <summary>Looks at the first record of a text file, without consuming it.</summary>
    /// <param name="source">At the start of the file, not empty.</param>
    /// <param name="tabs">The file's name says that tabs separate its fields.</param>
    /// <exception cref="UnreadableDatasetException">A column name stands twice.</exception>
    public static TableHeader Detect(ByteSource source, bool tabs)
    {
        byte? named = null;
        int skipped = 0;
        if (FirstLine(source).StartsWith("sep="u8) && FirstLine(source).TrimEnd((byte)'\r') is { Length: 5 } line)
        {
            named = line[4];
            source.Consume(Math.Min(FirstLine(source).Length + 1, source.Buffered.Length));
            skipped = 1;
        }
        byte delimiter = named ?? (tabs ? (byte)'\t' : MostFrequent(source));
        var framing = new RecordFraming(delimiter);
        int length;
        while ((length = framing.FindEnd(source.Buffered.Span)) < 0 && source.Fill()) { }
        ReadOnlySpan<byte> record = length < 0 ? source.Buffered.Span : source.Buffered.Span[..length];
        return Of([.. RecordFields.Cut(record, delimiter, out _).Select(field => field.Text)], source.Path) with { Delimiter = delimiter, SkippedLines = skipped };
    }

    /// <summary>Decides whether the first record names the columns, and names them itself if not.</summary>
    /// <exception cref="UnreadableDatasetException">A column name stands twice.</exception>
    public static TableHeader Of(IReadOnlyList<string> first, string path)
    {
        List<string> names = [.. first.Select(name => name.Trim())];
        while (names.Count > 1 && names[^1].Length == 0) names.RemoveAt(names.Count - 1);    // spreadsheets leave empty cells behind
        if (!names.TrueForAll(IsName))
            return new TableHeader(names.Count == 2 ? ["text", "label"] : [.. names.Select((_, i) => $"column_{i + 1}")], InFile: false);
        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is null) return new TableHeader(names, InFile: true);
        throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.DuplicateHeader, $"The column {Quoted.Text(twice)} stands twice in the header.", "Rename or remove one of them.")
        { File = path, Line = 1, Field = twice });
    }

    // A name is short and no number: "0" or a whole sentence over several lines is content.
    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Contains('\n')
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static byte MostFrequent(ByteSource source)
    {
        int[] counts = new int[s_delimiters.Length];
        bool inQuotes = false;
        foreach (byte b in FirstLine(source))
        {
            if (b == '"') inQuotes = !inQuotes;
            else if (!inQuotes && Array.IndexOf(s_delimiters, b) is >= 0 and var which) counts[which]++;
        }
        return s_delimiters[Array.IndexOf(counts, counts.Max())];
    }

    private static ReadOnlySpan<byte> FirstLine(ByteSource source) => source.Buffered.Span[..(JsonLineRows.NextLine(source) ?? 0)];
}
