using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Checkpoints;

/// <summary>Says why a folder has no weights that can be read, and what to use instead.</summary>
internal static class MissingWeights
{
    private static readonly string[] PickleEndings = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    public static InvalidInputException Explain(string folder, string expected)
    {
        string[] names = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        if (names.FirstOrDefault(name => PickleEndings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase) && name != "training_args.bin") is { } pickle)
            return Pickle(folder, pickle, expected);
        if (names.FirstOrDefault(name => name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) is { } other)
            return new InvalidInputException($"There is {other}, but neither {expected} nor an index that lists shards ({expected}.index.json).", folder, $"Add the index file, or rename a single file to {expected}.");
        if (names.FirstOrDefault(name => Path.GetExtension(name) is ".gguf" or ".h5" or ".msgpack" or ".onnx") is { } foreign)
            return new InvalidInputException($"There is no {expected}, only {foreign}, which is another format.", folder, "Get the safetensors version of the model.");
        return new InvalidInputException($"There is no {expected} in the folder.", folder, "Name the folder that holds the weights.");
    }

    private static InvalidInputException Pickle(string folder, string pickle, string expected)
    {
        string? foreign = PickleGlobals.FirstForeign(Path.Combine(folder, pickle));
        string problem = $"There is no {expected}, only {pickle}. Such files are Python pickles: reading one can run a program hidden in it, so they are never opened.";
        return foreign is null
            ? new InvalidInputException(problem, folder, $"Get the safetensors version of it, or have its author save it with safetensors, and put {expected} into the folder.")
            : new InvalidInputException($"{problem} This one would call {Quoted.Text(foreign)}, which no weights need.", folder, "Do not use this file, and do not load it with Python either.");
    }
}
