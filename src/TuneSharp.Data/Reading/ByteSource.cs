namespace TuneSharp.Data.Reading;

/// <summary>
/// A window that slides over a stream of UTF-8 and knows the line and column (in code points) of its first byte.
/// It holds one row at a time; <see cref="MaxPieceBytes"/> bounds what one row may cost.
/// </summary>
internal sealed class ByteSource(Stream stream, string path) : IDisposable
{
    public const int MaxPieceBytes = 64 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    public string Path => path;

    /// <summary>What has been read and not consumed. Valid until the next <see cref="Fill"/>.</summary>
    public ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _end - _start);

    public long Line { get; private set; } = 1;

    public int Column { get; private set; } = 1;

    /// <summary>Bytes that the window has passed.</summary>
    public long Passed { get; private set; }

    /// <summary>Reads more behind what is buffered; false at the end of the stream.</summary>
    /// <exception cref="UnreadableDatasetException">The piece that is being collected is longer than any row may be.</exception>
    public bool Fill()
    {
        if (_end == _buffer.Length)
        {
            int length = _end - _start;
            if (length >= MaxPieceBytes)
            {
                throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.LongRow,
                    $"A row is longer than {MaxPieceBytes >> 20} MiB.", "Cut it into smaller rows, or write one row a line (JSON lines).")
                { File = path, Line = Line });
            }
            byte[] target = length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, length);
            (_buffer, _start, _end) = (target, 0, length);
        }
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    /// <summary>Moves the window's start; line and column follow.</summary>
    public void Consume(int count)
    {
        ReadOnlySpan<byte> passed = _buffer.AsSpan(_start, count);
        (Line, Column) = TextPlace.Behind(passed, Line, Column);
        _start += count;
        Passed += count;
    }

    /// <summary>Consumes blanks and line breaks; false when nothing else follows.</summary>
    /// <param name="lineBreaksOnly">Blanks and tabs stay: in a table they may be a field.</param>
    public bool SkipWhiteSpace(bool lineBreaksOnly = false)
    {
        while (true)
        {
            ReadOnlySpan<byte> bytes = Buffered.Span;
            int i = 0;
            while (i < bytes.Length && (lineBreaksOnly ? bytes[i] is (byte)'\n' or (byte)'\r' : Json.JsonParser.IsWhiteSpace(bytes[i]))) i++;
            Consume(i);
            if (_start < _end) return true;
            if (!Fill()) return false;
        }
    }

    public void Dispose() => stream.Dispose();
}

/// <summary>Lines and columns in UTF-8 bytes.</summary>
internal static class TextPlace
{
    /// <summary>The place behind some bytes that began at (<paramref name="line"/>, <paramref name="column"/>).</summary>
    public static (long Line, int Column) Behind(ReadOnlySpan<byte> passed, long line, int column)
    {
        int lastBreak = passed.LastIndexOf((byte)'\n');
        if (lastBreak >= 0)
        {
            line += passed.Count((byte)'\n');
            column = 1;
            passed = passed[(lastBreak + 1)..];
        }
        foreach (byte b in passed)
            if ((b & 0xC0) != 0x80) column++;    // continuation bytes belong to the code point before them
        return (line, column);
    }
}
