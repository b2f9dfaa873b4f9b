using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading;

/// <summary>JSON lines: every line that is not blank is a row. A broken line costs that row only.</summary>
internal static class JsonLineRows
{
    public static IEnumerable<RawRow> Read(ByteSource source)
    {
        long number = 0;
        while (NextLine(source) is { } length)
        {
            ReadOnlyMemory<byte> line = source.Buffered[..length];
            if (IsBlank(line.Span))
            {
                source.Consume(Math.Min(length + 1, source.Buffered.Length));
                continue;
            }
            JsonReading reading = JsonParser.ParseAlone(line.Span);
            if (reading is { Value: null, Fault: { AtEnd: true, InText: true } fault })
            {
                // A raw line break inside a text: the lines up to the next one that begins a row belong to this row.
                int whole = SwallowContinuation(source, length);
                line = source.Buffered[..length];
                if (whole > length)
                {
                    reading.Fault = fault with
                    {
                        AtEnd = false,
                        Why = "A line break stands inside a text: the row is spread over two lines.",
                        Fix = "Write line breaks inside a text as \\n.",
                    };
                    length = whole;
                }
            }
            yield return new RawRow(++number, line, source.Line, source.Column, reading);
            source.Consume(Math.Min(length + 1, source.Buffered.Length));
        }
    }

    /// <summary>Length of the next line without its line feed; null at the end of the file.</summary>
    internal static int? NextLine(ByteSource source, int from = 0)
    {
        int scanned = from;
        while (true)
        {
            int feed = source.Buffered.Span[scanned..].IndexOf((byte)'\n');
            if (feed >= 0) return scanned + feed;
            scanned = source.Buffered.Length;
            if (!source.Fill()) return scanned > from ? scanned : null;
        }
    }

    private static int SwallowContinuation(ByteSource source, int length)
    {
        int whole = length;
        while (whole < source.Buffered.Length || source.Fill())
        {
            if (NextLine(source, whole + 1) is not { } end) break;
            ReadOnlySpan<byte> next = source.Buffered.Span[(whole + 1)..end].TrimStart(" \t\r"u8);
            if (next.Length > 0 && next[0] == '{') break;
            whole = end;
        }
        return whole;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).IsEmpty;
}
