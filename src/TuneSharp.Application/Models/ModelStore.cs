using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Application.Models;

/// <summary>
/// Finds what a person calls a model: the path of a folder or a GGUF file, or a name in the home folder's <c>models/</c>, or a name among
/// the models that come with the program.
/// </summary>
public sealed class ModelStore(HomeFolder home)
{
    /// <summary>Folder beside the program that holds the embedded model.</summary>
    public static string Embedded => Path.Combine(AppContext.BaseDirectory, "models");

    /// <param name="nameOrPath">As given.</param>
    /// <param name="relativeTo">A second folder that a relative path may belong to: that of the recipe.</param>
    /// <returns>Full path of a folder with a config.json, or of a GGUF file.</returns>
    /// <exception cref="InvalidInputException">There is none; names what was looked for and the nearest name.</exception>
    public string Locate(string? nameOrPath, string? relativeTo = null)
    {
        if (string.IsNullOrWhiteSpace(nameOrPath))
            throw new InvalidInputException("No model is named.", "model_name_or_path", $"Give --model with the folder of a model{(Names().FirstOrDefault() is { } name ? $", or the name {name}" : "")}.");
        string path = InputPath.Resolve(nameOrPath, relativeTo);
        if (Directory.Exists(path)) return Check(path);
        if (GgufFile.IsGguf(path)) return path;
        if (File.Exists(path)) throw new InvalidInputException("This is a file, but no GGUF file; otherwise a model is a folder with config.json and *.safetensors.", nameOrPath, "Give the folder that the file lies in.");
        if (!InputPath.LooksLikePath(nameOrPath))
        {
            SafeName.Check(nameOrPath, "model name");
            foreach (string root in (string[])[home.Models, Embedded])
            {
                string stored = Path.Combine(root, nameOrPath);
                if (Directory.Exists(stored)) return Check(stored);
            }
        }

        string? nearest = NearestName.Find(nameOrPath, Names());
        throw new InvalidInputException("There is no such model folder.", nameOrPath,
            nearest is not null ? $"Did you mean '{nearest}'?" : Names().Any() ? $"Models with a name: {string.Join(", ", Names())}." : "Give the path of a folder with config.json and *.safetensors, or of a GGUF file.");
    }

    /// <summary>Models that have a name.</summary>
    public IEnumerable<string> Names() => ((string[])[home.Models, Embedded]).Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateDirectories(root)).Where(folder => File.Exists(Path.Combine(folder, "config.json")))
        .Select(folder => Path.GetFileName(folder)).Distinct().Order(StringComparer.Ordinal);

    private static string Check(string folder)
    {
        if (File.Exists(Path.Combine(folder, "config.json")) || GgufFile.In(folder) is not null) return folder;
        string what = File.Exists(Path.Combine(folder, "adapter_config.json"))
            ? "This folder holds an adapter, not a model: it belongs to a base model."
            : "This folder holds no model: it has no config.json.";
        throw new InvalidInputException(what, folder, "Give the folder of the base model.");
    }
}
