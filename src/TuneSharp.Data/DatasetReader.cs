using System.Text.Json.Nodes;
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
    private readonly RowReading _reading;

    private DatasetReader(DatasetFile file, RowReading reading, IRowFormat? format, bool formatGiven, string formatName, string reason)
    {
        (_file, _reading, _format, _formatGiven, FormatName, Reason) = (file, reading, format, formatGiven, formatName, reason);
    }

    public string Path => _file.Path;

    public FileLayout Layout => _file.Layout;

    /// <summary>As a person calls it: "UTF-8", "UTF-16 (little endian)".</summary>
    public string EncodingName => _file.EncodingName;

    /// <summary>How far <see cref="Read"/> has come, in bytes; 0 where that cannot be said.</summary>
    public long BytesRead => _file.BytesRead;

    /// <summary>Name of the row format; "unknown" when no format knows the rows.</summary>
    public string FormatName { get; }

    /// <summary>Why it is that format: "the rows have the keys …".</summary>
    public string Reason { get; }

    /// <summary>What such rows are for, when it is neither fine-tuning on answers nor on texts: "preference", "kto", "classification".</summary>
    public string? OtherTask => _format?.OtherTask;

    /// <summary>Opens a file and looks at its first rows.</summary>
    /// <param name="path">A file of one of the kinds that hold datasets.</param>
    /// <param name="format">"auto", or a name from <see cref="RowFormatCatalog"/>.</param>
    /// <exception cref="UnreadableDatasetException">The file is empty, or no JSON at its very beginning.</exception>
    /// <exception cref="InvalidInputException">No such file, an unknown format, a type of file that cannot be read.</exception>
    public static DatasetReader Open(string path, string format = RowFormatCatalog.Auto) => Open(path, new RowReading { Format = format });

    /// <summary>Opens a file and reads its rows as the settings say.</summary>
    /// <param name="path">A file of one of the kinds that hold datasets.</param>
    /// <param name="reading">Format, columns, encoding.</param>
    /// <exception cref="UnreadableDatasetException">The file is empty, or no JSON at its very beginning.</exception>
    /// <exception cref="InvalidInputException">No such file, an unknown format, a type of file that cannot be read.</exception>
    public static DatasetReader Open(string path, RowReading reading)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(reading);
        IRowFormat? given = reading.GivenFormat();
        DatasetFile file = DatasetFile.Open(path, plainText: given is TextRows && reading.TextColumn is null, reading.Encoding);
        if (file.Layout == FileLayout.PlainText)
        {
            if (given is not null and not (TextRows or LabelledRows))
                throw new InvalidInputException($"The file is plain text; the format {given.Name} needs rows with keys.", path, "Remove the setting format, or name a file with rows.");
            return new DatasetReader(file, reading, given ?? new TextRows(), formatGiven: true, "text", "the file is plain text");
        }
        if (given is not null) return new DatasetReader(file, reading, given, formatGiven: true, given.Name, given is MappedRows ? "prompt_format and answer_column say so" : given is LabelledRows { OtherTask: null } ? "the task is classification" : given is KeyedRows ? "template names a prompt format" : "the setting format says so");

        (IRowFormat Format, string Reason)? found = file.Header is { } header ? RowFormatCatalog.Recognise(header.Columns) : Look(file);
        return found is { } f
            ? new DatasetReader(file, reading, f.Format, formatGiven: false, f.Format.Name, f.Reason)
            : new DatasetReader(file, reading, null, formatGiven: false, "unknown", "no known format fits the first rows");
    }

    private static (IRowFormat Format, string Reason)? Look(DatasetFile file)
    {
        int rows = 0;
        try
        {
            foreach (RawRow row in file.Rows())
            {
                if (row.Reading.Value is { Kind: JsonKind.Object } value && RowFormatCatalog.Recognise(value) is { } found) return found;
                if (++rows == SampledRows) break;
            }
        }
        catch (UnreadableDatasetException)
        {
            // Reading for good reports it with everything that came before.
        }
        return null;
    }

    /// <summary>The usable rows in file order. Can be called again and again; each call reads the file anew.</summary>
    /// <param name="report">
    /// Gets every problem. A row with an error is left out after it was reported: a caller that must not lose rows throws
    /// (<see cref="DataProblem.ToException"/>) from here.
    /// </param>
    /// <param name="everyTask">Also rows that are for another kind of training; otherwise such a file is an error.</param>
    /// <exception cref="UnreadableDatasetException">The file as a whole is broken; rows that were delivered before must not be used.</exception>
    public IEnumerable<DatasetRow> Read(Action<DataProblem>? report = null, bool everyTask = false)
    {
        report ??= problem =>
        {
            if (problem.Severity == ProblemSeverity.Error) throw problem.ToException();
        };
        return Layout == FileLayout.PlainText ? ReadText(report) : ReadRows(report, everyTask);
    }

    private IEnumerable<DatasetRow> ReadText(Action<DataProblem> report)
    {
        string text = _file.Text(MaxPlainTextBytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (_format is LabelledRows lines)
        {
            foreach (LabelledRow row in ReadLines(text, lines, report)) yield return row;
            yield break;
        }
        if (string.IsNullOrWhiteSpace(text)) report(NoRows());
        else yield return new TextRow(new RowSource(Path, 1, 1), text);
    }

    // Each line that holds anything is a text of its own.
    private IEnumerable<LabelledRow> ReadLines(string text, LabelledRows format, Action<DataProblem> report)
    {
        long number = 0, line = 0;
        foreach (string words in text.Split('\n'))
        {
            line++;
            if (string.IsNullOrWhiteSpace(words)) continue;
            var context = new RowContext(Path, RawRow.WithoutText(++number, line, default!), report);
            if (format.ReadLine(words, context) is { } row) yield return row;
            else yield break;    // what one line lacks every line lacks
        }
        if (number == 0) report(NoRows());
    }

    private IEnumerable<DatasetRow> ReadRows(Action<DataProblem> report, bool everyTask)
    {
        if (Layout == FileLayout.WrappedList) report(FileProblem(ProblemSeverity.Warning, ProblemKind.WrappedList, "The rows sit inside one object, under a key of it.", "They are read; a plain list or JSON lines is the usual form."));
        if (_file.Header is { InFile: false } header)
            report(FileProblem(ProblemSeverity.Warning, ProblemKind.NoHeader, $"There is no header line: the columns are taken as {string.Join(", ", header.Columns)}.", "Write the names of the columns on the first line."));
        if (!everyTask && OtherTask is { } task)
        {
            report(FileProblem(ProblemSeverity.Error, ProblemKind.NotSupported, $"This is a {task} dataset ({Reason}): it cannot be used to fine-tune on answers.", task == LabelledRows.FormatName ? "Set task: classification to train a classifier." : $"Give rows of one of these: {string.Join(", ", RowFormatCatalog.Trainable.Select(f => f.Name))}."));
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
                report(FileProblem(ProblemSeverity.Warning, ProblemKind.PrettyObjects, "Several objects follow one another, not one a line: that is neither JSON nor JSON lines.", "They are read; one object a line is the usual form."));
            var context = new RowContext(Path, raw, report) { TextColumn = _reading.TextColumn, TrainOnlyAfter = _reading.TrainOnlyAfter };
            if (Object(raw, context) is not { } item) continue;
            IRowFormat? format = _formatGiven ? _format : RowFormatCatalog.Recognise(item)?.Format ?? _format;
            if (format is null)
            {
                if (!keysReported) report(NeedsMapping(item));
                keysReported = true;
                continue;
            }
            if (!everyTask && format.OtherTask is not null)
            {
                context.Error(ProblemKind.NotSupported, $"The row is for {format.OtherTask} training, not for fine-tuning on answers.", "Remove it.");
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
            yield return _reading.KeepOtherColumns ? row with { OtherColumns = OtherColumns(item, format) } : row;
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
        foreach (JsonItem big in raw.Reading.BigNumbers ?? [])
            context.Warn(ProblemKind.BigNumber, $"The number {Quoted.Text(big.Text)} is beyond what a double can hold.", "Write it as a text, or remove it.", null, big);
        foreach (DuplicateKey key in raw.Reading.DuplicateKeys)
            context.Report(ProblemSeverity.Warning, ProblemKind.DuplicateKey, $"{Quoted.Text(key.Name)} appears twice; the last one is used.", "Remove one of them.", key.Name, key.Offset);
        return item;
    }

    private static JsonObject? OtherColumns(JsonItem item, IRowFormat format)
    {
        JsonObject? others = null;
        foreach (JsonMember member in item.Members)
            if (!format.Uses(member.Name)) (others ??= [])[member.Name] = member.Value.ToNode();
        return others;
    }

    private static bool IsReasoning(string name) =>
        name.Contains("cot", StringComparison.OrdinalIgnoreCase) && (name.EndsWith("cot", StringComparison.OrdinalIgnoreCase) || name.StartsWith("cot", StringComparison.OrdinalIgnoreCase))
        || name.Equals("reasoning", StringComparison.OrdinalIgnoreCase) || name.Equals("rationale", StringComparison.OrdinalIgnoreCase)
        || name.Equals("chain_of_thought", StringComparison.OrdinalIgnoreCase) || name.Equals("thinking", StringComparison.OrdinalIgnoreCase);

    private DataProblem NoRows() => FileProblem(ProblemSeverity.Error, ProblemKind.NoRows, "The file holds no rows.", "Check that it is the file you meant.");

    private DataProblem NeedsMapping(JsonItem row)
    {
        (string Prompt, string Answer)? proposal = ColumnProposal.For(row);
        return FileProblem(ProblemSeverity.Error, ProblemKind.NeedsMapping,
            $"The {(_file.Header is null ? "keys" : "columns")} {string.Join(", ", row.Members.Take(12).Select(member => Quoted.Text(member.Name)))} match no known format.",
            proposal is var (prompt, answer) ? $"Say which is which, for example prompt_format: \"{{{prompt}}}\" and answer_column: {answer}."
                : $"Say which is which with prompt_format and answer_column, or rename them to one of: {string.Join("; ", RowFormatCatalog.Trainable.Select(format => format.Keys))}.");
    }

    private DataProblem FileProblem(ProblemSeverity severity, string kind, string why, string? fix) => new(severity, kind, why, fix) { File = Path };
}
