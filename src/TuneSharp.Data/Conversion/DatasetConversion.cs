using System.Text.Json;
using TuneSharp.Formats;

namespace TuneSharp.Data.Conversion;

/// <summary>Converts a whole file to JSON lines, row by row.</summary>
public static class DatasetConversion
{
    private const int KeptLosses = 1000;

    /// <param name="path">A dataset file of any kind.</param>
    /// <param name="reading">How its rows are to be read.</param>
    /// <param name="target">The form to write.</param>
    /// <param name="output">Gets JSON lines as UTF-8.</param>
    /// <param name="system">System text for rows that have none.</param>
    /// <param name="skipBrokenRows">Leave out rows that cannot be read, and count them; otherwise the first one stops the work.</param>
    /// <param name="progress">Told how many rows have been written, from time to time.</param>
    /// <exception cref="InvalidInputException">A row is broken, the rows are of a kind without answers, or none could be written.</exception>
    public static ConversionReport Convert(string path, RowReading reading, ConversionTarget target, Stream output, string? system = null, bool skipBrokenRows = false, Action<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(output);
        DatasetReader reader = DatasetReader.Open(path, reading with { KeepOtherColumns = true });
        if (reader.OtherTask is { } task) throw new InvalidInputException($"This is a {task} dataset: its rows hold more than a question and an answer.", path, "Only datasets for fine-tuning on answers are converted.");
        if (reader.FormatName == "text") throw new InvalidInputException("The rows are plain texts: they have no questions and answers.", path, "Give rows with answers; texts are for `tunesharp pretrain`.");
        var problems = new ProblemLog();
        var kept = new List<ConversionLoss>();
        long written = 0, leftOut = 0, broken = 0, losses = 0;
        foreach (DatasetRow row in reader.Read(Report))
        {
            ConvertedRow converted = RowConversion.Convert(row, target, system);
            losses += converted.Losses.Count;
            kept.AddRange(converted.Losses.Take(KeptLosses - kept.Count));
            if (converted.Json is null)
            {
                leftOut++;
                continue;
            }
            output.Write(JsonSerializer.SerializeToUtf8Bytes(converted.Json, RowConversion.Form));
            output.WriteByte((byte)'\n');
            if (++written % 1000 == 0) progress?.Invoke(written);
        }
        if (written == 0) throw new InvalidInputException(leftOut > 0 ? $"None of the {leftOut} rows can be written in this form: {kept[0].Why}" : "The file has no row that can be used.", path, "Choose another form, or look at `tunesharp data check`.");
        return new ConversionReport(written, leftOut, broken, losses, kept, problems);

        void Report(DataProblem problem)
        {
            problems.Add(problem);
            if (problem.Severity != ProblemSeverity.Error) return;
            if (!skipBrokenRows || problem.Row is null) throw problem.ToException();
            broken++;
        }
    }
}
