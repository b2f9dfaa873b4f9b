using System.Text;
using TuneSharp.Data.Json;
using TuneSharp.Data.Reading.Columns;
using TuneSharp.Data.Reading.Tables;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Reading;

/// <summary>A dataset file whose encoding and layout are known; it can be read any number of times.</summary>
internal sealed class DatasetFile
{
    private readonly string _encoding;
    private ByteSource? _reading;

    private DatasetFile(string path, string encoding, string encodingName, FileLayout layout)
    {
        Path = path;
        _encoding = encoding;
        EncodingName = encodingName;
        Layout = layout;
    }

    public string Path { get; }

    public string EncodingName { get; }

    public FileLayout Layout { get; }

    /// <summary>How far the rows have been read, in bytes of UTF-8; 0 for layouts that are not read from front to back.</summary>
    public long BytesRead => _reading?.Passed ?? 0;

    /// <summary>The columns of a table or a sheet; null for other layouts.</summary>
    public TableHeader? Header { get; private init; }

    /// <param name="path">The file.</param>
    /// <param name="plainText">The person says that it is plain text, whatever its name.</param>
    /// <param name="encoding">The setting <c>encoding</c>.</param>
    /// <exception cref="InvalidInputException">There is no such regular file, or its type cannot be read.</exception>
    public static DatasetFile Open(string path, bool plainText = false, string encoding = TextEncodings.Auto)
    {
        if (File.Exists(path) && new FileInfo(path) is { Length: 0, LinkTarget: null })
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.EmptyFile, "The file is empty.", "Check that it is the file you meant.") { File = path });
        FileKind kind = FileKinds.Of(path);
        switch (kind)
        {
            case FileKind.Sheet: return OpenSheet(path);
            case FileKind.Parquet:
                ParquetRows.Check(path);
                return new DatasetFile(path, encoding, "Parquet", FileLayout.Parquet);
            case FileKind.Arrow:
                ArrowRows.Check(path);
                return new DatasetFile(path, encoding, "Arrow", FileLayout.Arrow);
        }
        using ByteSource source = OpenSource(path, encoding, guess: kind != FileKind.Json, out string name);
        return Guarded(path, () =>
        {
            if (plainText && kind is not (FileKind.Json or FileKind.Table)) return new DatasetFile(path, encoding, name, FileLayout.PlainText);
            if (!source.SkipWhiteSpace(lineBreaksOnly: kind == FileKind.Table))
                throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.EmptyFile, "The file is empty: it holds only blanks.", "Check that it is the file you meant.") { File = path });
            if (kind == FileKind.Text) return new DatasetFile(path, encoding, name, FileLayout.PlainText);
            if (kind == FileKind.Table) return new DatasetFile(path, encoding, name, FileLayout.Table) { Header = TableHeader.Detect(source, tabs: System.IO.Path.GetExtension(path).Equals(".tsv", StringComparison.OrdinalIgnoreCase)) };
            if (kind == FileKind.Unknown && !LooksLikeJson(source)) throw FileKinds.Unreadable(path);
            return new DatasetFile(path, encoding, name, LayoutOf(source, linesByName: kind == FileKind.Json && !path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)));
        });
    }

    /// <summary>The rows as they lie in the file. Nothing for plain text.</summary>
    public IEnumerable<RawRow> Rows() => Layout switch
    {
        FileLayout.Sheet => Workbook.Read(RegularFile.OpenStream(Path), Path, Header!),
        FileLayout.Parquet => ParquetRows.Read(Path),
        FileLayout.Arrow => ArrowRows.Read(Path),
        _ => TextFileRows(),
    };

    /// <summary>The whole text of a plain text file; bytes that are not UTF-8 are an error.</summary>
    public string Text(long maxBytes)
    {
        using FileStream file = RegularFile.OpenStream(Path);
        if (file.Length > maxBytes)
            throw new InvalidInputException($"The file has {file.Length} bytes; a text is read as one document of at most {maxBytes} bytes.", Path, "Cut it into several files, or write JSON lines with one \"text\" a line.");
        return Guarded(Path, () =>
        {
            using Stream stream = TextEncodings.OpenAsUtf8(file, _encoding, guess: true, out _);
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            return reader.ReadToEnd();
        });
    }

    private IEnumerable<RawRow> TextFileRows()
    {
        using ByteSource source = OpenSource(Path, _encoding, guess: Layout == FileLayout.Table, out _);
        _reading = source;
        IEnumerable<RawRow> rows = Layout switch
        {
            FileLayout.JsonLines => JsonLineRows.Read(source),
            FileLayout.JsonList => JsonListRows.Read(source),
            FileLayout.JsonObjects => JsonObjectRows.Read(source),
            FileLayout.WrappedList => JsonObjectRows.ReadWrapped(source),
            FileLayout.Table => DelimitedRows.Read(source, Header!),
            _ => [],
        };
        using IEnumerator<RawRow> row = rows.GetEnumerator();
        while (Guarded(Path, row.MoveNext)) yield return row.Current;
    }

    private static DatasetFile OpenSheet(string path)
    {
        using Workbook book = Workbook.Open(RegularFile.OpenStream(path), path);
        IReadOnlyList<string> first = book.Rows().FirstOrDefault().Cells
            ?? throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.EmptyFile, "The first sheet is empty.", "Put the rows on the first sheet.") { File = path });
        return new DatasetFile(path, TextEncodings.Auto, "Excel workbook", FileLayout.Sheet) { Header = TableHeader.Of(first, path) };
    }

    private static ByteSource OpenSource(string path, string encoding, bool guess, out string name) => new(TextEncodings.OpenAsUtf8(RegularFile.OpenStream(path), encoding, guess, out name), path);

    // A Markdown file may begin with a bracket too: the first line must hold JSON, or open an object.
    private static bool LooksLikeJson(ByteSource source)
    {
        ReadOnlySpan<byte> line = source.Buffered.Span[..(JsonLineRows.NextLine(source) ?? 0)];
        return line.Length > 0 && (line[0] == '{' || line.Trim(" \t\r"u8).SequenceEqual("["u8) || (line[0] == '[' && JsonParser.Parse(line).Fault is null or { AtEnd: true }));
    }

    private static FileLayout LayoutOf(ByteSource source, bool linesByName)
    {
        byte first = source.Buffered.Span[0];
        if (first == '[' && !linesByName) return FileLayout.JsonList;
        int length = JsonLineRows.NextLine(source)!.Value;
        ReadOnlySpan<byte> line = source.Buffered.Span[..length];
        JsonReading reading = JsonParser.ParseAlone(line);
        if (first == '[') return reading.Value is null || !MoreLines(source, length) ? FileLayout.JsonList : FileLayout.JsonLines;
        if (reading.Value is not null)
            return JsonObjectRows.WrappedList(reading.Value) is not null && !MoreLines(source, length) ? FileLayout.WrappedList : FileLayout.JsonLines;
        if (first != '{') return linesByName ? FileLayout.JsonLines : FileLayout.JsonList;
        if (IsTwoObjects(line)) return FileLayout.JsonObjects;
        if (line.TrimEnd(" \t\r"u8).EndsWith("}"u8)) return FileLayout.JsonLines;
        if (linesByName && reading.Fault is not { AtEnd: true, InText: false }) return FileLayout.JsonLines;
        try
        {
            RawRow whole = JsonListRows.NextValue(source, 1);
            return JsonObjectRows.WrappedList(whole.Reading.Value!) is null ? FileLayout.JsonObjects : FileLayout.WrappedList;
        }
        catch (UnreadableDatasetException)
        {
            // The reader of that layout reports what is wrong, and where.
            return linesByName ? FileLayout.JsonLines : FileLayout.JsonObjects;
        }
    }

    // Objects that follow one another without a line break, all of them on the first line.
    private static bool IsTwoObjects(ReadOnlySpan<byte> line)
    {
        JsonReading first = JsonParser.Parse(line);
        return first is { Value.Kind: JsonKind.Object, Fault: null } && JsonParser.Parse(line[first.End..]) is { Value.Kind: JsonKind.Object };
    }

    private static bool MoreLines(ByteSource source, int length)
    {
        for (int at = length; ; at++)
        {
            if (at >= source.Buffered.Length && !source.Fill()) return false;
            if (!JsonParser.IsWhiteSpace(source.Buffered.Span[at])) return true;
        }
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (DecoderFallbackException e)
        {
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.Encoding, "The file holds bytes that do not fit its encoding.", "Save it as UTF-8, or name its encoding (encoding: gb18030).") { File = path }, e);
        }
        catch (IOException e)
        {
            throw new InvalidInputException($"The file cannot be read: {e.Message.TrimEnd('.')}.", path, "Check the disk.", e);
        }
    }
}
