using System.Text;
using TuneSharp.Data.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Reading;

/// <summary>A dataset file whose encoding and layout are known; it can be read any number of times.</summary>
internal sealed class DatasetFile
{
    private DatasetFile(string path, string encoding, FileLayout layout)
    {
        Path = path;
        EncodingName = encoding;
        Layout = layout;
    }

    public string Path { get; }

    public string EncodingName { get; }

    public FileLayout Layout { get; }

    /// <param name="plainText">The person says that it is plain text, whatever its name.</param>
    /// <exception cref="InvalidInputException">There is no such regular file, or its type cannot be read.</exception>
    public static DatasetFile Open(string path, bool plainText = false)
    {
        if (File.Exists(path) && new FileInfo(path).Length == 0)
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.EmptyFile, "The file is empty.", "Check that it is the file you meant.") { File = path });
        string extension = System.IO.Path.GetExtension(path).ToLowerInvariant();
        RefuseOtherTypes(path, extension);
        using ByteSource source = OpenSource(path, out string encoding);
        return Guarded(path, () =>
        {
            bool json = extension is ".json" or ".jsonl" or ".ndjson";
            if (plainText && !json) return new DatasetFile(path, encoding, FileLayout.PlainText);
            if (!source.SkipWhiteSpace())
                throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.EmptyFile, "The file is empty: it holds only blanks.", "Check that it is the file you meant.") { File = path });
            if (extension is ".txt" or ".text" or ".md") return new DatasetFile(path, encoding, FileLayout.PlainText);
            bool looksLikeJson = source.Buffered.Span[0] is (byte)'{' or (byte)'[';
            if (!json && !looksLikeJson)
                throw new InvalidInputException($"A file of type '{extension}' cannot be read as a dataset.", path, "Known are .json, .jsonl, .ndjson and, for pre-training, .txt.");
            return new DatasetFile(path, encoding, LayoutOf(source, linesByName: extension is ".jsonl" or ".ndjson"));
        });
    }

    /// <summary>The rows as they lie in the file. Nothing for plain text.</summary>
    public IEnumerable<RawRow> Rows()
    {
        using ByteSource source = OpenSource(Path, out _);
        IEnumerable<RawRow> rows = Layout switch
        {
            FileLayout.JsonLines => JsonLineRows.Read(source),
            FileLayout.JsonList => JsonListRows.Read(source),
            FileLayout.JsonObjects => JsonObjectRows.Read(source),
            FileLayout.WrappedList => JsonObjectRows.ReadWrapped(source),
            _ => [],
        };
        using IEnumerator<RawRow> row = rows.GetEnumerator();
        while (Guarded(Path, row.MoveNext)) yield return row.Current;
    }

    /// <summary>The whole text of a plain text file; bytes that are not UTF-8 are an error.</summary>
    public string Text(long maxBytes)
    {
        using FileStream file = RegularFile.OpenStream(Path);
        if (file.Length > maxBytes)
            throw new InvalidInputException($"The file has {file.Length} bytes; a text is read as one document of at most {maxBytes} bytes.", Path, "Cut it into several files, or write JSON lines with one \"text\" a line.");
        return Guarded(Path, () =>
        {
            using Stream stream = TextEncodings.OpenAsUtf8(file, out _);
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
            return reader.ReadToEnd();
        });
    }

    private static ByteSource OpenSource(string path, out string encoding) => new(TextEncodings.OpenAsUtf8(RegularFile.OpenStream(path), out encoding), path);

    private static void RefuseOtherTypes(string path, string extension)
    {
        string? kind = extension switch
        {
            ".csv" or ".tsv" => "Tables (CSV, TSV)",
            ".parquet" => "Parquet files",
            ".arrow" => "Arrow files",
            ".gz" or ".zip" or ".zst" or ".bz2" or ".xz" => "Packed files",
            ".xlsx" or ".xls" or ".ods" => "Spreadsheets",
            _ => null,
        };
        if (kind is null) return;
        throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.NotSupported, $"{kind} are not read yet.",
            extension is ".gz" or ".zip" or ".zst" or ".bz2" or ".xz" ? "Unpack it first." : "Save it as JSON lines (.jsonl).")
        { File = path });
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
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.Encoding, "The file holds bytes that do not fit its encoding.", "Save it as UTF-8.") { File = path }, e);
        }
        catch (IOException e)
        {
            throw new InvalidInputException($"The file cannot be read: {e.Message.TrimEnd('.')}.", path, "Check the disk.", e);
        }
    }
}
