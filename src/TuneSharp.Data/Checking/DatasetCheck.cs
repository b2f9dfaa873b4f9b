using TuneSharp.Data.Classification;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.RowFormats;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Data.Checking;

/// <summary>
/// What a careful reader says about a dataset file before anything is trained: form, counts, lengths and every problem with
/// its place. Nothing is changed.
/// </summary>
public sealed class DatasetCheck
{
    private DatasetCheck(string path)
    {
        Path = path;
    }

    public string Path { get; }

    /// <summary>Name of the row format; "mixed", "unknown", "unreadable" or "empty" where there is not one.</summary>
    public string Format { get; private set; } = "unreadable";

    /// <summary>Why it is that format.</summary>
    public string Reason { get; private set; } = "";

    public string EncodingName { get; private set; } = "";

    public FileLayout? Layout { get; private set; }

    /// <summary>Rows that can be used.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that equal an earlier one letter for letter.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Answers that are learned, over all rows.</summary>
    public long LearnedAnswers { get; private set; }

    /// <summary>Lengths in tokens, or in characters without a tokenizer.</summary>
    public LengthReport Lengths { get; private set; } = new([]);

    /// <summary>Unit of <see cref="Lengths"/>: "tokens" or "characters".</summary>
    public string LengthUnit { get; private set; } = "characters";

    public ProblemLog Problems { get; } = new();

    /// <summary>The labels of rows for classifiers; null for others.</summary>
    public LabelSurvey? Labels { get; private set; }

    /// <summary>What the rows are for, when it is another kind of training: "preference", "kto", "classification".</summary>
    public string? OtherTask { get; private set; }

    /// <summary>Nothing stands in the way of training on every row.</summary>
    public bool IsClean => Problems.Errors == 0 && Rows > 0 && OtherTask is null;

    /// <summary>Tokens that are learned, over all rows; 0 without a tokenizer.</summary>
    public long LearnedTokens { get; private set; }

    /// <summary>Reads a whole file. Problems of the file are in the result, never thrown; a file that does not exist is.</summary>
    /// <param name="path">A dataset file.</param>
    /// <param name="format">"auto", or a name from <see cref="RowFormatCatalog"/>.</param>
    /// <param name="renderer">Turns rows into tokens, so that lengths are tokens and rows with nothing to learn are found; null = characters are counted.</param>
    /// <param name="threads">Threads for tokenizing.</param>
    /// <param name="onRow">Gets every usable row; for callers that want them too.</param>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public static DatasetCheck Run(string path, string format = RowFormatCatalog.Auto, IRowRenderer? renderer = null, int threads = 1, Action<DatasetRow>? onRow = null) =>
        Run(path, new RowReading { Format = format }, renderer, threads, onRow);

    /// <inheritdoc cref="Run(string, string, IRowRenderer?, int, Action{DatasetRow}?)"/>
    /// <param name="reading">How the rows are to be read.</param>
    /// <param name="progress">Told about twice a second how far it is.</param>
    public static DatasetCheck Run(string path, RowReading reading, IRowRenderer? renderer = null, int threads = 1, Action<DatasetRow>? onRow = null, Action<PreparationProgress>? progress = null)
    {
        var check = new DatasetCheck(path) { LengthUnit = renderer is null ? "characters" : "tokens" };
        var lengths = new Dictionary<int, long>();
        try
        {
            DatasetReader reader = DatasetReader.Open(path, reading);
            (check.Format, check.Reason, check.EncodingName, check.Layout, check.OtherTask) = (reader.FormatName, reader.Reason, reader.EncodingName, reader.Layout, reader.OtherTask);
            if (check.OtherTask is not null) (renderer, check.LengthUnit) = (null, "characters");
            var reporter = new ProgressReporter([path], progress);
            IEnumerable<DatasetRow> rows = reader.Read(check.Problems.Add, everyTask: check.OtherTask is not null).Select(row =>
            {
                reporter.Row(reader.BytesRead);
                return row;
            });
            using var firstRows = new FingerprintTable();
            foreach ((DatasetRow row, Worked work) in RowWork.Map(rows, threads, row => Work(row, renderer)))
            {
                check.Count(row, work.Fingerprint, firstRows);
                onRow?.Invoke(row);
                if (work.Fault is { } fault) check.Refused(fault.Details);
                if (renderer is not null && work.Rendered is null) continue;
                int length = work.Rendered is { } rendered ? check.Look(row, rendered) : Characters(row);
                lengths[length] = lengths.GetValueOrDefault(length) + 1;
            }
            if (check.Problems.Counts.ContainsKey((ProblemSeverity.Error, ProblemKind.NoRows)) && check.Format == "unknown") check.Format = "empty";
            else if (check.Problems.Counts.ContainsKey((ProblemSeverity.Warning, ProblemKind.MixedFormats))) check.Format = "mixed";
        }
        catch (UnreadableDatasetException e)
        {
            // Where a file breaks in the middle nobody knows what its earlier rows are worth: none of them counts.
            (check.Rows, check.Duplicates, check.LearnedAnswers, check.LearnedTokens) = (0, 0, 0, 0);
            lengths.Clear();
            check.Format = e.Details.Kind is ProblemKind.EmptyFile ? "empty" : "unreadable";
            check.Problems.Add(e.Details);
        }
        check.Lengths = LengthReport.FromCounts(lengths);
        check.JudgeLabels();
        return check;
    }

    // What no single row shows: only one class, a class of one row, a label of its own for each row.
    private void JudgeLabels()
    {
        if (OtherTask is not null || Labels is not { FirstRow: not null } labels || Problems.Errors > 0) return;
        try
        {
            if (LabelDecision.Of(labels, new ClassificationSettings(), head: null).Problem != ProblemType.SingleLabelClassification) return;
        }
        catch (UnreadableDatasetException e)
        {
            Problems.Add(e.Details);
            return;
        }
        foreach ((string label, long rows) in labels.Counts)
        {
            if (rows == 1) Add(labels.First(label), ProblemSeverity.Warning, ProblemKind.FewRows, $"The class {Quoted.Text(label)} has only this row: it can be learned or measured, not both.", "Add rows of the class, or join it with another.");
        }
    }

    /// <summary>What several threads do with a row.</summary>
    private sealed record Worked(UInt128 Fingerprint, RenderedExample? Rendered, UnreadableDatasetException? Fault);

    private static Worked Work(DatasetRow row, IRowRenderer? renderer)
    {
        (RenderedExample? rendered, UnreadableDatasetException? fault) = renderer is null ? default : renderer.TryRender(row);
        return new Worked(RowFingerprint.Exact(row), rendered, fault);
    }

    private void Count(DatasetRow row, UInt128 fingerprint, FingerprintTable firstRows)
    {
        Rows++;
        if (firstRows.GetOrAdd(fingerprint, row.Source.Row) is var first && first != row.Source.Row)
        {
            Duplicates++;
            Add(row, ProblemSeverity.Warning, ProblemKind.DuplicateRow, $"The row is the same as row {first}.", "It is kept; remove it if it should not count twice.");
        }
        if (row is LabelledRow labelled) (Labels ??= new LabelSurvey()).Add(labelled);
        if (row is ConversationRow conversation) LearnedAnswers += conversation.Turns.Count(turn => turn.IsLearned);
    }

    private int Look(DatasetRow row, RenderedExample rendered)
    {
        foreach (DataProblem problem in rendered.Problems) Problems.Add(problem);
        LearnedTokens += rendered.Example.NumLabels;
        if (rendered.Example.NumLabels == 0 && row is not LabelledRow)
        {
            Rows--;
            Add(row, ProblemSeverity.Error, ProblemKind.NothingToLearn, "Every token of the row is masked: there is nothing to learn.", "Give the row an answer, or remove it.");
        }
        return rendered.Example.Length;
    }

    private void Refused(DataProblem problem)
    {
        Rows--;
        Problems.Add(problem);
    }

    private void Add(DatasetRow row, ProblemSeverity severity, string kind, string why, string fix) =>
        Problems.Add(new DataProblem(severity, kind, why, fix) { File = Path, Row = row.Source.Row, Line = row.Source.Line });

    private static int Characters(DatasetRow row) => row switch
    {
        TextRow text => text.Text.Length,
        ConversationRow conversation => Characters(conversation.Turns),
        PreferenceRow pair => Characters([.. pair.Turns, new Turn(pair.Chosen), new Turn(pair.Rejected)]),
        RatedRow rated => Characters(rated.Turns),
        LabelledRow labelled => labelled.Text.Length + (labelled.TextPair?.Length ?? 0),
        _ => 0,
    };

    private static int Characters(IReadOnlyList<Turn> turns) => (int)Math.Min(int.MaxValue, turns.Sum(turn => (long)turn.Message.Content.Length));
}
