using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data;

/// <summary>The files that a dataset consists of: one file, or a folder with a file for each part.</summary>
/// <param name="Train">The rows to learn from.</param>
/// <param name="Validation">Rows kept aside by whoever made the dataset; null = they are split off.</param>
/// <param name="Test">Rows for the final test; null = none, or split off.</param>
public sealed record DatasetFiles(string Train, string? Validation, string? Test)
{
    private static readonly string[] s_extensions = [".jsonl", ".json", ".ndjson", ".txt"];

    /// <summary>
    /// Resolves what the settings name. In a folder the parts are called train, validation (also valid, val, dev, eval) and test,
    /// with the extension .jsonl, .json or .txt: the layout of mlx-lm, litgpt and exported Hugging Face datasets.
    /// </summary>
    /// <exception cref="InvalidInputException">A path does not exist, or a folder has no training file.</exception>
    public static DatasetFiles Resolve(DataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        string dataset = settings.Dataset ?? throw new InvalidInputException("No dataset is named.", "dataset", "Give the path of a .json, .jsonl or .txt file.");
        if (!Directory.Exists(dataset)) return new DatasetFiles(dataset, settings.ValidationFile, settings.TestFile);
        string train = Find(dataset, "train") ?? throw new InvalidInputException("The folder has no training file.", dataset,
            "Name it train.jsonl (beside it validation.jsonl and test.jsonl, if there are some), or give the path of one file.");
        return new DatasetFiles(train, settings.ValidationFile ?? Find(dataset, "validation", "valid", "val", "dev", "eval"), settings.TestFile ?? Find(dataset, "test"));
    }

    private static string? Find(string folder, params string[] names)
    {
        string[] found = [.. names.SelectMany(name => s_extensions.Select(extension => Path.Combine(folder, name + extension))).Where(File.Exists)];
        if (found.Length > 1)
            throw new InvalidInputException($"The files {string.Join(", ", found.Select(file => Quoted.Text(Path.GetFileName(file))))} all stand for the same part.", folder, "Keep one of them.");
        return found.Length == 0 ? null : found[0];
    }
}
