using TuneSharp.Data.Json;
using TuneSharp.Data.Reading;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data;

/// <summary>
/// Reads a dataset file row by row: encoding, layout and row format are found out, and every problem is reported with row,
/// line, column and field. Memory holds one row at a time, however large the file is (but a plain text file is one document).
/// </summary>
public sealed class DatasetReader
{
    /// <summary>A plain text file is read whole; larger ones must be cut.</summary>
    public const long MaxPlainTextBytes = 512L << 20;

    /// <summary>Characters of a conversation above which a row is reported as unusually long.</summary>
    public const int LongRowCharacters = 65_536;

    private const int SampledRows = 100;

    private readonly DatasetFile _file;
    private readonly bool _formatGiven;
    private readonly IRowFormat? _format;

    private DatasetReader(DatasetFile file, IRowFormat? format, bool formatGiven, string formatName, string reason)
    {
        (_file, _format, _formatGiven, FormatName, Reason) = (file, format, formatGiven, formatName, reason);
    }

    public string Path => _file.Path;

    public FileLayout Layout => _file.Layout;

    /// <summary>As a person calls it: "UTF-8", "UTF-16 (little endian)".</summary>
    public string EncodingName => _file.EncodingName;

    /// <summary>Name of the row format; "unknown" when no format knows the rows.</summary>
    public string FormatName { get; }

    /// <summary>Why it is that format: "the rows have the keys …".</summary>
    public string Reason { get; }

    /// <summary>Opens a file and looks at its first rows.</summary>
    /// <param name="path">A .json, .jsonl or .txt file.</param>
    /// <param name="format">"auto", or a name from <see cref="RowFormatCatalog"/>.</param>
    /// <exception cref="UnreadableDatasetException">The file is empty, or no JSON at its very beginning.</exception>
    /// <exception cref="InvalidInputException">No such file, an unknown format, a type of file that cannot be read.</exception>
    public static DatasetReader Open(string path, string format = RowFormatCatalog.Auto)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        IRowFormat? given = RowFormatCatalog.Find(format);
        DatasetFile file = DatasetFile.Open(path, plainText: given is TextRows);
        if (file.Layout == FileLayout.PlainText)
        {
            if (given is not null and not TextRows)
                throw new InvalidInputException($"The file is plain text; the format {given.Name} needs JSON.", path, "Remove the setting format, or name a JSON file.");
            return new DatasetReader(file, given ?? new TextRows(), formatGiven: true, "text", "the file is plain text");
        }
        if (given is not null) return new DatasetReader(file, given, formatGiven: true, given.Name, "the setting format says so");

        (IRowFormat Format, string Reason)? found = null;
        string? elsewhere = null;
        int rows = 0;
        try
        {
            foreach (RawRow row in file.Rows())
            {
                if (row.Reading.Value is { Kind: JsonKind.Object } value)
                {
                    found = RowFormatCatalog.Recognise(value);
                    if (found is not null) break;
                    elsewhere ??= KnownElsewhere.Recognise(value);
                }
                if (++rows == SampledRows) break;
            }
        }
        catch (UnreadableDatasetException) when (found is null)
        {
            // Reading for good reports it with everything that came before.
        }
        return found is { } f
            ? new DatasetReader(file, f.Format, formatGiven: false, f.Format.Name, f.Reason)
            : new DatasetReader(file, null, formatGiven: false, elsewhere ?? "unknown", elsewhere is null ? "no known format fits the first rows" : $"the keys are those of a {elsewhere} dataset");
    }

    /// <summary>The usable rows in file order. Can be called again and again; each call reads the file anew.</summary>
    /// <param name="report">
    /// Gets every problem. A row with an error is left out after it was reported: a caller that must not lose rows throws
    /// (<see cref="DataProblem.ToException"/>) from here.
    /// </param>
    /// <exception cref="UnreadableDatasetException">The file as a whole is broken; rows that were delivered before must not be used.</exception>
    public IEnumerable<DatasetRow> Read(Action<DataProblem>? report = null)
    {
        report ??= problem =>
        {
            if (problem.Severity == ProblemSeverity.Error) throw problem.ToException();
        };
        return Layout == FileLayout.PlainText ? ReadText(report) : ReadRows(report);
    }

    private IEnumerable<DatasetRow> ReadText(Action<DataProblem> report)
    {
        string text = _file.Text(MaxPlainTextBytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (string.IsNullOrWhiteSpace(text)) report(NoRows());
        else yield return new TextRow(new RowSource(Path, 1, 1), text);
    }

    private IEnumerable<DatasetRow> ReadRows(Action<DataProblem> report)
    {
        if (Layout == FileLayout.WrappedList) report(FileProblem(ProblemSeverity.Warning, ProblemKind.WrappedList, "The rows sit inside one object, under a key of it.", "They are read; a plain list or JSON lines is the usual form."));
        if (_format is null && FormatName != "unknown")
        {
            report(FileProblem(ProblemSeverity.Error, ProblemKind.NotSupported, $"This is a {FormatName} dataset, which cannot be trained on yet.", $"Known formats: {string.Join(", ", RowFormatCatalog.All.Select(f => f.Name))}."));
            yield break;
        }

        long number = 0;
        bool keysReported = false;
        var otherFormats = new HashSet<string>(StringComparer.Ordinal);
        var unused = new HashSet<string>(StringComparer.Ordinal);
        foreach (RawRow raw in _file.Rows())
        {
            number = raw.Number;
            if (number == 2 && Layout == FileLayout.JsonObjects)
                report(FileProblem(ProblemSeverity.Warning, ProblemKind.PrettyObjects, "Several indented objects follow one another: that is neither JSON nor JSON lines.", "They are read; one object a line is the usual form."));
            var context = new RowContext(Path, raw, report);
            if (Object(raw, context) is not { } item) continue;
            IRowFormat? format = _formatGiven ? _format : RowFormatCatalog.Recognise(item)?.Format ?? _format;
            if (format is null)
            {
                if (!keysReported) report(NeedsMapping(item));
                keysReported = true;
                continue;
            }
            if (!ReferenceEquals(format, _format) && otherFormats.Add(format.Name))
                context.Warn(ProblemKind.MixedFormats, $"The first row is {FormatName}, this row is {format.Name}.", "Each row is read as what it is; check that both belong together.");
            foreach (JsonMember member in item.Members)
                if (IsReasoning(member.Name) && unused.Add(member.Name))
                    report(FileProblem(ProblemSeverity.Warning, ProblemKind.UnusedColumn, $"The column {Quoted.Text(member.Name)} is not used.", "To learn the reasoning, write it into the answer.") with { Field = member.Name });
            DatasetRow? row = format.Read(item, context);
            if (row is null || context.Failed) continue;
            if (row is ConversationRow conversation && conversation.Turns.Sum(turn => (long)turn.Message.Content.Length) is > LongRowCharacters and var length)
                context.Warn(ProblemKind.LongRow, $"The row has {length} characters, much more than any usual context.", "See to max_length and overlong_rows.");
            yield return row;
        }
        if (number == 0) report(NoRows());
    }

    // The object of a row, with what the parser noticed reported; null after an error.
    private static JsonItem? Object(RawRow raw, RowContext context)
    {
        if (raw.Reading.Fault is { } fault)
        {
            context.Report(ProblemSeverity.Error, fault.Kind, fault.Why, fault.Fix, null, fault.Offset);
            return null;
        }
        JsonItem item = raw.Reading.Value!;
        if (item.Kind != JsonKind.Object)
        {
            context.Error(ProblemKind.NotAnObject, $"The row is {item.KindName}, not an object.", "Write {\"key\": value, …}, or remove it.", null, item);
            return null;
        }
        foreach (DuplicateKey key in raw.Reading.DuplicateKeys)
            context.Report(ProblemSeverity.Warning, ProblemKind.DuplicateKey, $"{Quoted.Text(key.Name)} appears twice; the last one is used.", "Remove one of them.", key.Name, key.Offset);
        return item;
    }

    private static bool IsReasoning(string name) =>
        name.Contains("cot", StringComparison.OrdinalIgnoreCase) && (name.EndsWith("cot", StringComparison.OrdinalIgnoreCase) || name.StartsWith("cot", StringComparison.OrdinalIgnoreCase))
        || name.Equals("reasoning", StringComparison.OrdinalIgnoreCase) || name.Equals("rationale", StringComparison.OrdinalIgnoreCase)
        || name.Equals("chain_of_thought", StringComparison.OrdinalIgnoreCase) || name.Equals("thinking", StringComparison.OrdinalIgnoreCase);

    private DataProblem NoRows() => FileProblem(ProblemSeverity.Error, ProblemKind.NoRows, "The file holds no rows.", "Check that it is the file you meant.");

    private DataProblem NeedsMapping(JsonItem row) => FileProblem(ProblemSeverity.Error, ProblemKind.NeedsMapping,
        $"The keys {string.Join(", ", row.Members.Take(12).Select(member => Quoted.Text(member.Name)))} match no known format.",
        $"Rename them to one of: {string.Join("; ", RowFormatCatalog.All.Select(format => format.Keys))}.");

    private DataProblem FileProblem(ProblemSeverity severity, string kind, string why, string? fix) => new(severity, kind, why, fix) { File = Path };
}
