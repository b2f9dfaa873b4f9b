using TuneSharp.Data.Checking;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Splitting;
using TuneSharp.Data.Storage;

namespace TuneSharp.Data.Preparation;

/// <summary>Writes a prepared dataset into a folder: one pass over the files, then the split and the limit over the records.</summary>
internal sealed class DatasetBuild(DataSettings settings, IRowRenderer renderer, int context, long seed, int threads, Action<PreparationProgress>? progress)
{
    private const string AllRows = "all.rows";

    public void Write(string folder, DatasetFiles files)
    {
        string[] paths = [.. PreparedFolder.PathsOf(files)];
        var rows = new RowIntake(settings);
        var reporter = new ProgressReporter(paths, progress);
        int idBytes = TokenFileWriter.IdBytesFor(renderer.VocabularySize);
        string tokenPath = Path.Combine(folder, PreparedFolder.Tokens), allPath = Path.Combine(folder, AllRows);
        using var questions = new MappedList<UInt128>();
        using var wholes = new MappedList<UInt128>();
        using var classes = new MappedList<int>();
        var lengths = new Dictionary<int, long>();
        using (var tokens = new TokenFileWriter(tokenPath, idBytes))
        using (var all = new RecordWriter(allPath))
        {
            for (int file = 0; file < paths.Length; file++)
            {
                foreach ((DatasetRow row, Worked work) in RowWork.Map<Worked>(rows.Read(paths[file], reporter.Row), threads, file == 0 ? WorkAndCompare : WorkAlone))
                {
                    if (file == 0)
                    {
                        questions.Add(work.Question);
                        wholes.Add(work.Whole);
                        classes.Add(ClassOf(work.Rendered));
                    }
                    all.Write(Store(row, work, file, rows, tokens));
                    if (work.Rendered is { } rendered) lengths[rendered.Example.Length] = lengths.GetValueOrDefault(rendered.Example.Length) + 1;
                }
                reporter.NextFile();
            }
        }

        double validation = files.Validation is null ? settings.ValSize : 0, test = files.Test is null ? settings.TestSize : 0;
        SplitPlan plan = renderer is ClassificationRenderer { Strata: { } names } ? StratifiedSplit.Plan(questions, classes, validation, test, seed, names)
            : DatasetSplitter.Plan(questions, wholes, validation, test, seed, settings.SplitGroup);
        Divide(folder, files, paths, plan, LengthReport.FromCounts(lengths), rows, idBytes);
        File.Delete(allPath);
    }

    private static int ClassOf(RenderedExample? rendered) => rendered?.Example.Targets is [var target] ? (int)target : -1;

    /// <summary>What several threads do with a row.</summary>
    private sealed record Worked(RenderedExample? Rendered, UnreadableDatasetException? Fault, UInt128 Question, UInt128 Whole);

    private Worked WorkAndCompare(DatasetRow row) => WorkAlone(row) with { Question = RowFingerprint.Question(row), Whole = RowFingerprint.Normalised(row) };

    private Worked WorkAlone(DatasetRow row)
    {
        (RenderedExample? rendered, UnreadableDatasetException? fault) = renderer.TryRender(row);
        return new Worked(rendered, fault, default, default);
    }

    private static RowRecord Store(DatasetRow row, Worked work, int file, RowIntake rows, TokenFileWriter tokens)
    {
        if (work.Fault is { } fault) rows.Report(fault.Details);
        if (work.Rendered is not { } rendered) return new RowRecord(0, row.Source.Row, row.Source.Line, 0, 0, -1, 0, file, LabelLayout.All);
        foreach (DataProblem problem in rendered.Problems) rows.Problems.Add(problem);
        return tokens.Write(rendered.Example, row.Source, file);
    }

    private void Divide(string folder, DatasetFiles files, string[] paths, SplitPlan plan, LengthReport lengths, RowIntake rows, int idBytes)
    {
        var limit = new LengthLimit(settings, context, lengths);
        var tokens = new TokenFile(Path.Combine(folder, PreparedFolder.Tokens), idBytes);
        SplitPart[] ofFile = [SplitPart.Train, .. files.Validation is null ? (SplitPart[])[] : [SplitPart.Validation], .. files.Test is null ? (SplitPart[])[] : [SplitPart.Test]];
        long trainTokens = 0, trainLabels = 0;
        int number = 0;
        var writers = new RecordWriter[3];
        try
        {
            for (int part = 0; part < writers.Length; part++) writers[part] = new RecordWriter(Path.Combine(folder, PreparedFolder.RowsOf((SplitPart)part)));
            foreach (RowRecord record in new RecordFile(Path.Combine(folder, AllRows)).All())
            {
                SplitPart part = record.File == 0 ? plan.Parts[number++] : ofFile[record.File];
                if (record.Length < 0 || limit.Apply(record, part == SplitPart.Train, tokens, new RowSource(paths[record.File], record.Row, record.Line)) is not { } used) continue;
                writers[(int)part].Write(used);
                if (part != SplitPart.Train) continue;
                trainTokens += used.Length;
                trainLabels += used.NumLabels;
            }
            if (writers[(int)SplitPart.Train].Count == 0) throw limit.NothingLeft(files.Train);
        }
        finally
        {
            foreach (RecordWriter? writer in writers) writer?.Dispose();
        }

        new PreparedSummary
        {
            IdBytes = idBytes,
            MaxLength = limit.MaxLength,
            TrainTokens = trainTokens,
            TrainLabels = trainLabels,
            Lengths = lengths.Counts.ToDictionary(),
            Counts = new PreparationCounts { Read = rows.Usable, Broken = rows.Broken, Truncated = limit.Truncated, DroppedOverlong = limit.Dropped, NothingToLearn = limit.NothingToLearn },
            Notes = [.. plan.Notes, .. rows.Notes, .. limit.Notes],
            Problems = [.. rows.Problems.Kept],
            ProblemCounts = [.. rows.Problems.Counts.Select(count => new ProblemCount(count.Key.Severity, count.Key.Kind, count.Value))],
        }.Write(folder);
    }
}
