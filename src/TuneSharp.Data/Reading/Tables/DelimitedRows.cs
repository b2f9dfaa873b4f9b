using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>The records of a CSV or TSV file as rows. A record with another number of fields than the header costs that row only.</summary>
internal static class DelimitedRows
{
    public static IEnumerable<RawRow> Read(ByteSource source, TableHeader header)
    {
        for (int i = 0; i < header.SkippedLines; i++) SkipLine(source);
        bool headerPassed = !header.InFile;
        long number = 0;
        while (Next(source, header.Delimiter) is var (length, openQuote))
        {
            ReadOnlyMemory<byte> record = source.Buffered[..length];
            if (record.Span.TrimEnd((byte)'\r').IsEmpty || !headerPassed)
            {
                headerPassed |= !record.Span.TrimEnd((byte)'\r').IsEmpty;
            }
            else
            {
                JsonReading reading = Row(record.Span, header, openQuote);
                yield return new RawRow(++number, record, source.Line, source.Column, reading);
            }
            source.Consume(Math.Min(length + 1, source.Buffered.Length));
        }
    }

    private static (int Length, int? OpenQuote)? Next(ByteSource source, byte delimiter)
    {
        if (source.Buffered.IsEmpty && !source.Fill()) return null;
        var framing = new RecordFraming(delimiter);
        while (true)
        {
            int length = framing.FindEnd(source.Buffered.Span);
            if (length >= 0) return (length, null);
            if (!source.Fill()) return (source.Buffered.Length, framing.OpenQuote);
        }
    }

    private static JsonReading Row(ReadOnlySpan<byte> record, TableHeader header, int? openQuote)
    {
        if (openQuote is { } quote) return Unclosed(quote);
        if (RecordFields.FirstBadByte(record) is { } bad)
            return Broken(bad, ProblemKind.Encoding, "There are bytes that are not UTF-8.", "Save the file as UTF-8, or name its encoding (encoding: gb18030).");
        List<RecordField> fields = RecordFields.Cut(record, header.Delimiter, out int? strayQuote);
        if (strayQuote is { } stray) return Unclosed(stray);
        while (fields.Count > header.Columns.Count && fields[^1].Text.Length == 0) fields.RemoveAt(fields.Count - 1);
        if (fields.Count != header.Columns.Count)
        {
            return Broken(0, ProblemKind.ColumnCount, $"The row has {Columns(fields.Count)} instead of {header.Columns.Count}.",
                "Put fields that hold the delimiter, quotes or line breaks in double quotes, or remove the row.");
        }
        return new JsonReading
        {
            Value = new JsonItem(JsonKind.Object, 0) { Members = [.. fields.Select((field, i) => new JsonMember(header.Columns[i], field.Start, Cell.FromText(header.Columns[i], field.Text, field.Start)))] },
            End = record.Length,
        };
    }

    private static string Columns(int count) => count == 1 ? "1 column" : $"{count} columns";

    private static JsonReading Unclosed(int offset) => Broken(offset, ProblemKind.UnclosedQuote, "A quoted field begins here and is not closed where it should be: what follows it is lost.", "Close it with a double quote, or double the quotes that belong to the text.");

    private static JsonReading Broken(int offset, string kind, string why, string fix) => new() { Fault = new JsonFault(offset, kind, why, fix) };

    private static void SkipLine(ByteSource source)
    {
        if (JsonLineRows.NextLine(source) is { } length) source.Consume(Math.Min(length + 1, source.Buffered.Length));
    }
}
