using TuneSharp.Data.Splitting;
using TuneSharp.Formats;

namespace TuneSharp.Data.Preparation;

/// <summary>Reads rows as the settings want it: broken ones stop the work or are counted, at most <c>max_samples</c> are taken.</summary>
internal sealed class RowIntake(DataSettings settings)
{
    private long _broken;

    public ProblemLog Problems { get; } = new();

    public long Usable { get; private set; }

    public long Broken => _broken;

    public IEnumerable<string> Notes => _broken == 0 ? [] : [$"{_broken} broken rows were left out (skip_broken_rows)."];

    /// <summary>The side of every row of the training file. Parts that have files of their own are not split off.</summary>
    public SplitPlan Split(DatasetFiles files, long seed)
    {
        var questions = new List<UInt128>();
        var wholes = new List<UInt128>();
        foreach (DatasetRow row in Take(DatasetReader.Open(files.Train, RowReading.From(settings)).Read(Quiet)))
        {
            questions.Add(RowFingerprint.Question(row));
            wholes.Add(RowFingerprint.Normalised(row));
        }
        return DatasetSplitter.Plan(questions, wholes, files.Validation is null ? settings.ValSize : 0, files.Test is null ? settings.TestSize : 0, seed, settings.SplitGroup);
    }

    /// <summary>The usable rows of a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="read">Told the number of bytes that are read, after every row.</param>
    public IEnumerable<DatasetRow> Read(string file, Action<long>? read = null)
    {
        DatasetReader reader = DatasetReader.Open(file, RowReading.From(settings));
        foreach (DatasetRow row in Take(reader.Read(Report)))
        {
            Usable++;
            read?.Invoke(reader.BytesRead);
            yield return row;
        }
    }

    /// <summary>Counts a problem; an error stops the work unless broken rows are to be skipped.</summary>
    public void Report(DataProblem problem)
    {
        Quiet(problem);
        if (problem.Severity == ProblemSeverity.Error) _broken++;
        Problems.Add(problem);
    }

    /// <summary>The error when the second reading does not find what the first one found.</summary>
    public static InvalidInputException Changed(string file) => new("The file was changed while it was read.", file, "Try again when no other program writes to it.");

    // The first of the two readings: problems are reported by the second, but errors stop the work at once.
    private void Quiet(DataProblem problem)
    {
        if (problem.Severity == ProblemSeverity.Error && !(settings.SkipBrokenRows && problem.Row is not null)) throw problem.ToException();
    }

    private IEnumerable<DatasetRow> Take(IEnumerable<DatasetRow> rows) => settings.MaxSamples is { } most ? rows.Take(most) : rows;
}
