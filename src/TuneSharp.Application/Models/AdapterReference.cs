using System.Globalization;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Models;

/// <summary>An adapter to put on a model.</summary>
/// <param name="Name">What a person calls it in a chat.</param>
/// <param name="Folder">PEFT layout.</param>
/// <param name="Scale">Multiplies what it does; 1 as trained.</param>
public sealed record AdapterReference(string Name, string Folder, double Scale = 1)
{
    /// <summary>
    /// From one word of the command line: a folder or a run, with an own name before it (<c>pirate=runs/a/adapter</c>) and a
    /// scale behind it (<c>runs/a/adapter@0.5</c>) where wanted. What exists as it stands is never taken apart.
    /// </summary>
    /// <exception cref="InvalidInputException">There is no such adapter.</exception>
    public static AdapterReference Resolve(HomeFolder home, string word)
    {
        string text = word;
        string? name = null;
        double scale = 1;
        if (!Directory.Exists(text) && text.LastIndexOf('@') is > 0 and var at && double.TryParse(text.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            (text, scale) = (text[..at], number);
        if (!Directory.Exists(text) && text.IndexOf('=') is > 0 and var equals) (name, text) = (text[..equals], text[(equals + 1)..]);
        if (text.Length == 0) throw new InvalidInputException("No adapter folder is named.", word, "Write --adapter FOLDER, --adapter NAME=FOLDER or --adapter FOLDER@SCALE.");
        string folder = ModelReference.FindRun(home, text) is { } run
            ? ModelReference.ResultOf(run).Adapter ?? throw new InvalidInputException($"Run '{run.Id}' made a whole model, not an adapter.", null, $"Use it as the model: {run.Id}.")
            : Path.GetFullPath(text);
        if (!Directory.Exists(folder)) throw new InvalidInputException("There is no such adapter folder.", text, "Give a folder with adapter_config.json, or the name of a finished run.");
        return new AdapterReference(name ?? NameOf(folder), folder, scale);
    }

    /// <summary>Runs call their adapter folder `adapter`: the run's name says more.</summary>
    public static string NameOf(string folder)
    {
        string path = Path.TrimEndingDirectorySeparator(folder), name = Path.GetFileName(path);
        return name == "adapter" && Path.GetFileName(Path.GetDirectoryName(path)) is { Length: > 0 } run ? run : name;
    }
}
