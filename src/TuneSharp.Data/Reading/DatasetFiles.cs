using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data;

/// <summary>The files that a dataset consists of: one file, or a folder with a file for each part.</summary>
/// <param name="Train">The rows to learn from.</param>
/// <param name="Validation">Rows kept aside by whoever made the dataset; null = they are split off.</param>
/// <param name="Test">Rows for the final test; null = none, or split off.</param>
public sealed record DatasetFiles(string Train, string? Validation, string? Test)
{
    /// <summary>
    /// Resolves what the settings name. In a folder the parts are called train, validation (also valid, val, dev, eval) and test,
    /// with the extension of any kind of dataset file: the layout of mlx-lm, litgpt and exported Hugging Face datasets (also
    /// <c>train-00000-of-00001.parquet</c>, below <c>data</c> or in the folder itself).
    /// </summary>
    /// <exception cref="InvalidInputException">A path does not exist, or a folder has no training file.</exception>
    public static DatasetFiles Resolve(DataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string dataset = settings.Dataset ?? throw new InvalidInputException("No dataset is named.", "dataset", "Give the path of a file, such as rows.jsonl, rows.csv or rows.parquet.");
        if (!Directory.Exists(dataset)) return new DatasetFiles(dataset, settings.ValidationFile, settings.TestFile);
        string train = Find(dataset, "train") ?? Saved(dataset) ?? throw new InvalidInputException("The folder has no training file.", dataset,
            "Name it train.jsonl (beside it validation.jsonl and test.jsonl, if there are some), or give the path of one file.");
        return new DatasetFiles(train, settings.ValidationFile ?? Find(dataset, "validation", "valid", "val", "dev", "eval"), settings.TestFile ?? Find(dataset, "test"));
    }

    // The part as a file, as the only shard of an exported dataset, or as a folder that `save_to_disk` wrote.
    private static string? Find(string folder, params string[] names)
    {
        string[] places = [folder, Path.Combine(folder, "data")];
        IEnumerable<string> files = from place in places from name in names from spelling in (string[])[name, name + OnlyShard] from extension in Reading.FileKinds.Extensions select Path.Combine(place, spelling + extension);
        string[] found = [.. files.Where(File.Exists), .. names.Select(name => Saved(Path.Combine(folder, name))).OfType<string>()];
        if (found.Length > 1)
            throw new InvalidInputException($"The files {string.Join(", ", found.Select(file => Quoted.Text(Path.GetRelativePath(folder, file))))} all stand for the same part.", folder, "Keep one of them.");
        if (found.Length == 1) return found[0];
        string? shard = (from place in places where Directory.Exists(place) from name in names from file in Directory.EnumerateFiles(place, name + "-00000-of-*") select file).FirstOrDefault();
        if (shard is not null) throw new InvalidInputException("The part is cut into several files.", shard, "Join them into one file, or name one of them.");
        return null;
    }

    private const string OnlyShard = "-00000-of-00001";

    private static string? Saved(string folder) => Path.Combine(folder, "data" + OnlyShard + ".arrow") is var file && File.Exists(file) ? file : null;
}
