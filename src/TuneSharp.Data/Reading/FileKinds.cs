namespace TuneSharp.Data.Reading;

/// <summary>What a file is by its name.</summary>
internal enum FileKind
{
    Json,
    Table,
    Sheet,
    Parquet,
    Arrow,
    Text,
    Unknown,
}

/// <summary>The kinds of files that hold datasets, by their extension.</summary>
internal static class FileKinds
{
    /// <summary>Extensions of files with rows, the usual ones first.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".jsonl", ".json", ".ndjson", ".csv", ".tsv", ".parquet", ".arrow", ".xlsx", ".txt"];

    /// <exception cref="UnreadableDatasetException">It is of a kind that must be converted first.</exception>
    public static FileKind Of(string path)
    {
        string extension = Path.GetExtension(path).ToLowerInvariant();
        return extension switch
        {
            ".json" or ".jsonl" or ".ndjson" => FileKind.Json,
            ".csv" or ".tsv" or ".tab" => FileKind.Table,
            ".xlsx" or ".xlsm" => FileKind.Sheet,
            ".parquet" => FileKind.Parquet,
            ".arrow" or ".feather" => FileKind.Arrow,
            ".txt" or ".text" => FileKind.Text,
            ".gz" or ".zip" or ".zst" or ".bz2" or ".xz" or ".7z" or ".tar" => throw Unsupported(path, "Packed files are not read.", "Unpack it first."),
            ".xls" or ".ods" => throw Unsupported(path, $"Spreadsheets of type '{extension}' are not read.", "Save it as .xlsx, or as CSV (UTF-8)."),
            ".pkl" or ".pickle" or ".pt" => throw Unsupported(path, "Pickle files can hold code and are never read.", "Write the rows as JSON lines (.jsonl)."),
            _ => FileKind.Unknown,
        };
    }

    /// <summary>The error for a file that nobody knows how to read.</summary>
    public static UnreadableDatasetException Unreadable(string path)
    {
        string extension = Path.GetExtension(path);
        return Unsupported(path, extension.Length == 0 ? "The file's name has no extension, and it does not hold JSON." : $"Files of type '{extension}' are no datasets.",
            $"A dataset is one of {string.Join(", ", Extensions)}; for a plain text with another name set format: text.");
    }

    private static UnreadableDatasetException Unsupported(string path, string why, string fix) =>
        new(new DataProblem(ProblemSeverity.Error, ProblemKind.NotSupported, why, fix) { File = path });
}
