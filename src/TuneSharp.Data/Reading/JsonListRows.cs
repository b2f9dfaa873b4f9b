using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading;

/// <summary>
/// One JSON list, read element by element: memory holds one row. A syntax error anywhere makes the whole file unreadable,
/// because behind it nobody can say where rows begin.
/// </summary>
internal static class JsonListRows
{
    public static IEnumerable<RawRow> Read(ByteSource source)
    {
        source.SkipWhiteSpace();
        source.Consume(1);    // the bracket that made it a list
        long number = 0;
        RequireMore(source);
        if (source.Buffered.Span[0] == ']')
        {
            Finish(source);
            yield break;
        }
        while (true)
        {
            RawRow row = NextValue(source, ++number);
            yield return row;
            source.Consume(row.Bytes.Length);
            RequireMore(source);
            byte next = source.Buffered.Span[0];
            if (next == ']')
            {
                Finish(source);
                yield break;
            }
            if (next != ',') throw Unreadable(source, "Expected a comma or the end of the list after a row.");
            (long line, int column) = (source.Line, source.Column);
            source.Consume(1);
            RequireMore(source);
            if (source.Buffered.Span[0] == ']')
            {
                throw new UnreadableDatasetException(Problem(source, "A comma stands before the closing bracket.", "Remove that comma.") with { Line = line, Column = column });
            }
        }
    }

    /// <summary>Frames and parses the value at which the source stands, without consuming it.</summary>
    internal static RawRow NextValue(ByteSource source, long number)
    {
        var framing = new JsonFraming();
        int length;
        while ((length = framing.FindEnd(source.Buffered.Span)) < 0)
        {
            if (source.Fill()) continue;
            length = source.Buffered.Length;
            break;
        }
        ReadOnlyMemory<byte> bytes = source.Buffered[..length];
        JsonReading reading = JsonParser.ParseAlone(bytes.Span);
        var row = new RawRow(number, bytes, source.Line, source.Column, reading);
        if (reading.Value is null)
        {
            // Where a value is missing altogether the parser saw an empty piece; let it look at what stands there instead.
            JsonFault fault = length > 0 ? reading.Fault!.Value : JsonParser.Parse(source.Buffered.Span).Fault ?? reading.Fault!.Value;
            (long line, int column) = row.PlaceOf(fault.Offset);
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, fault.Kind, fault.Why, fault.Fix) { File = source.Path, Line = line, Column = column });
        }
        return row;
    }

    private static void Finish(ByteSource source)
    {
        source.Consume(1);
        if (source.SkipWhiteSpace()) throw Unreadable(source, "There is text after the end of the list.", "Remove it.");
    }

    private static void RequireMore(ByteSource source)
    {
        if (!source.SkipWhiteSpace()) throw Unreadable(source, "The file ends in the middle of the list.", "Write the missing end.");
    }

    internal static DataProblem Problem(ByteSource source, string why, string? fix) =>
        new(ProblemSeverity.Error, ProblemKind.InvalidJson, why, fix) { File = source.Path, Line = source.Line, Column = source.Column };

    private static UnreadableDatasetException Unreadable(ByteSource source, string why, string? fix = null) => new(Problem(source, why, fix));
}
