using TuneSharp.Data.RowFormats;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;

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

    /// <summary>Nothing stands in the way of training on every row.</summary>
    public bool IsClean => Problems.Errors == 0 && Rows > 0;

    /// <summary>Reads a whole file. Problems of the file are in the result, never thrown; a file that does not exist is.</summary>
    /// <param name="path">A dataset file.</param>
    /// <param name="format">"auto", or a name from <see cref="RowFormatCatalog"/>.</param>
    /// <param name="measure">Length of a row in tokens, with problems of its rendering; null = characters are counted.</param>
    /// <param name="onRow">Gets every usable row; for callers that want them too.</param>
    /// <exception cref="InvalidInputException">There is no such file.</exception>
    public static DatasetCheck Run(string path, string format = RowFormatCatalog.Auto, Func<DatasetRow, Action<DataProblem>, int?>? measure = null, Action<DatasetRow>? onRow = null)
    {
        var check = new DatasetCheck(path) { LengthUnit = measure is null ? "characters" : "tokens" };
        var lengths = new List<int>();
        try
        {
            DatasetReader reader = DatasetReader.Open(path, format);
            (check.Format, check.Reason, check.EncodingName, check.Layout) = (reader.FormatName, reader.Reason, reader.EncodingName, reader.Layout);
            var firstRows = new Dictionary<UInt128, long>();
            foreach (DatasetRow row in reader.Read(check.Problems.Add))
            {
                check.Rows++;
                if (!firstRows.TryAdd(RowFingerprint.Exact(row), row.Source.Row))
                {
                    check.Duplicates++;
                    check.Problems.Add(new DataProblem(ProblemSeverity.Warning, ProblemKind.DuplicateRow, $"The row is the same as row {firstRows[RowFingerprint.Exact(row)]}.", "It is kept; remove it if it should not count twice.")
                    { File = path, Row = row.Source.Row, Line = row.Source.Line });
                }
                if (row is ConversationRow conversation) check.LearnedAnswers += conversation.Turns.Count(turn => turn.IsLearned);
                if (measure is null) lengths.Add(Characters(row));
                else if (measure(row, check.Problems.Add) is { } length) lengths.Add(length);
                onRow?.Invoke(row);
            }
            if (check.Problems.Counts.ContainsKey((ProblemSeverity.Error, ProblemKind.NoRows))) check.Format = "empty";
            else if (check.Problems.Counts.ContainsKey((ProblemSeverity.Warning, ProblemKind.MixedFormats))) check.Format = "mixed";
        }
        catch (UnreadableDatasetException e)
        {
            // Where a file breaks in the middle nobody knows what its earlier rows are worth: none of them counts.
            (check.Rows, check.Duplicates, check.LearnedAnswers) = (0, 0, 0);
            lengths.Clear();
            check.Format = e.Details.Kind is ProblemKind.EmptyFile ? "empty" : "unreadable";
            check.Problems.Add(e.Details);
        }
        check.Lengths = new LengthReport(lengths);
        return check;
    }

    private static int Characters(DatasetRow row) => row switch
    {
        TextRow text => text.Text.Length,
        ConversationRow conversation => (int)Math.Min(int.MaxValue, conversation.Turns.Sum(turn => (long)turn.Message.Content.Length)),
        _ => 0,
    };
}
