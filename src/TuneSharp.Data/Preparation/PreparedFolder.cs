using System.Text.Json;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Packing;
using TuneSharp.Data.Splitting;
using TuneSharp.Data.Storage;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Preparation;

/// <summary>The folder of a prepared dataset: tokens.bin, a .rows file a part, and what is known of it in dataset.json.</summary>
internal static class PreparedFolder
{
    public const string Tokens = "tokens.bin";

    public static string RowsOf(SplitPart part) => part switch
    {
        SplitPart.Train => "train.rows",
        SplitPart.Validation => "validation.rows",
        _ => "test.rows",
    };

    /// <summary>The dataset files in the order of their numbers.</summary>
    public static IEnumerable<string> PathsOf(DatasetFiles files) => new[] { files.Train, files.Validation, files.Test }.OfType<string>();

    /// <exception cref="InvalidInputException">The folder is damaged.</exception>
    public static PreparedDataset Open(string folder, DatasetFiles files, DataSettings settings)
    {
        PreparedSummary summary = PreparedSummary.Read(folder);
        var tokens = new TokenFile(Path.Combine(folder, Tokens), summary.IdBytes);
        string[] paths = [.. PathsOf(files)];
        StoredExamples train = Part(SplitPart.Train);
        (IReadOnlyList<TrainingExample> packed, string? note) = Pack(train, summary, settings.Packing);
        return new PreparedDataset
        {
            Train = packed,
            Validation = Part(SplitPart.Validation),
            Test = Part(SplitPart.Test),
            TrainTokens = summary.TrainTokens,
            TrainLabels = summary.TrainLabels,
            MaxLength = summary.MaxLength,
            Lengths = LengthReport.FromCounts(summary.Lengths),
            Counts = summary.Counts,
            Notes = [.. summary.Notes, .. note is null ? (string[])[] : [note]],
            Problems = ProblemLog.Of(summary.Problems, summary.ProblemCounts.Select(count => (count.Severity, count.Kind, count.Count))),
        };

        StoredExamples Part(SplitPart part) => new(tokens, new RecordFile(Path.Combine(folder, RowsOf(part))), paths);
    }

    private static (IReadOnlyList<TrainingExample> Rows, string? Note) Pack(StoredExamples documents, PreparedSummary summary, PackingStrategy strategy)
    {
        if (strategy == PackingStrategy.None) return (documents, null);
        var layout = PackedLayout.Of([.. documents.Lengths], summary.MaxLength, strategy);
        string cut = layout.NumPieces > documents.Count ? $", of which some were cut: {layout.NumPieces} pieces" : "";
        return (new PackedExamples(documents, layout),
            $"{documents.Count} rows are packed into {layout.Count} of up to {summary.MaxLength} tokens, {100.0 * summary.TrainTokens / ((double)layout.Count * summary.MaxLength):0.#} % full{cut}; they do not see each other.");
    }
}

/// <summary>How often a kind of problem came.</summary>
internal sealed record ProblemCount(ProblemSeverity Severity, string Kind, long Count);

/// <summary>dataset.json: everything about a prepared dataset but its tokens.</summary>
internal sealed record PreparedSummary
{
    private const string FileName = "dataset.json";
    private const long MaxBytes = 64 << 20;

    public required int IdBytes { get; init; }

    public required int MaxLength { get; init; }

    public required long TrainTokens { get; init; }

    public required long TrainLabels { get; init; }

    public required IReadOnlyDictionary<int, long> Lengths { get; init; }

    public required PreparationCounts Counts { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<DataProblem> Problems { get; init; }

    public required IReadOnlyList<ProblemCount> ProblemCounts { get; init; }

    public void Write(string folder) => File.WriteAllBytes(Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(this));

    public static PreparedSummary Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<PreparedSummary>(RegularFile.ReadAll(path, MaxBytes))!;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("The prepared dataset is damaged: " + e.Message, path, "Delete the folder; it is made anew.", e);
        }
    }
}
