using System.Text.Json.Nodes;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models;
using TuneSharp.Peft;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.BadFiles;

/// <summary>Opens what an entry of expected.json names, as the program does, and checks what the entry says about the content.</summary>
/// <param name="folder">The folder of expected.json.</param>
/// <param name="entry">The entry.</param>
/// <returns>Warnings for the person.</returns>
/// <exception cref="InvalidInputException">Refused.</exception>
internal delegate IReadOnlyList<string> BadFileOpener(string folder, JsonObject entry);

/// <summary>How each kind of file is opened; kinds that are not here are not built yet.</summary>
internal static class BadFileOpeners
{
    public static IReadOnlyDictionary<string, BadFileOpener> All { get; } = new Dictionary<string, BadFileOpener>
    {
        ["safetensors"] = OpenSafetensors,
        ["safetensors_index"] = OpenIndex,
        ["config"] = OpenConfig,
        ["adapter"] = OpenAdapter,
        ["tokenizer"] = OpenTokenizer,
        ["data"] = OpenData,
        ["gguf"] = OpenGguf,
    };

    private static string PathOf(string folder, JsonObject entry) => Path.Combine(folder, entry["file"]!.GetValue<string>());

    private static IReadOnlyList<string> OpenSafetensors(string folder, JsonObject entry)
    {
        using SafetensorsFile file = SafetensorsFile.Open(PathOf(folder, entry));
        foreach (TensorEntry tensor in file.Tensors.Values) _ = file.ReadBytes(tensor);
        if (entry["safetensors_library"]?["ok"] is JsonObject shapes)
        {
            string found = string.Join("; ", file.Tensors.Values.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $"{t.Name} {t.ShapeText}"));
            string expected = string.Join("; ", shapes.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key} [{string.Join(", ", p.Value!.AsArray().Select(n => n!.GetValue<long>()))}]"));
            if (found != expected) throw new InvalidDataException($"found {found}, expected {expected}");
        }
        return [];
    }

    private static IReadOnlyList<string> OpenIndex(string folder, JsonObject entry)
    {
        string path = PathOf(folder, entry);
        if (path.EndsWith(".safetensors", StringComparison.Ordinal)) return OpenSafetensors(folder, entry);
        CheckpointFolder.Open(Path.GetDirectoryName(path)!).Dispose();
        return [];
    }

    // As a container; where the entry says so, as a model.
    private static IReadOnlyList<string> OpenGguf(string folder, JsonObject entry)
    {
        string path = PathOf(folder, entry);
        using (GgufFile file = GgufFile.Open(path))
            foreach (GgufTensor tensor in file.Tensors.Values) _ = file.ReadFloat32(tensor);
        if (entry["only_as_model"]?.GetValue<bool>() != true) return [];
        using ICausalLm model = ModelCatalog.Load(path);
        return model.Warnings;
    }

    // A config is opened as the model of a folder together with the weights that lie beside it.
    private static IReadOnlyList<string> OpenConfig(string folder, JsonObject entry)
    {
        string path = PathOf(folder, entry);
        if (path.EndsWith(".safetensors", StringComparison.Ordinal)) return OpenSafetensors(folder, entry);
        using ICausalLm loaded = LoadModel(path);
        return loaded.Warnings;
    }

    // Adapters are loaded onto the model of config/ok.json.
    private static IReadOnlyList<string> OpenAdapter(string folder, JsonObject entry)
    {
        using ICausalLm model = LoadModel(Path.Combine(folder, "config", "ok.json"));
        using ITuningMethod method = PeftCatalog.LoadAdapter(PathOf(folder, entry), model.Tunable);
        return [];
    }

    private static ICausalLm LoadModel(string configPath)
    {
        string model = Directory.CreateTempSubdirectory("tunesharp-config-").FullName;
        try
        {
            File.Copy(configPath, Path.Combine(model, HfConfig.FileName));
            File.CreateSymbolicLink(Path.Combine(model, CheckpointFolder.SingleFile), Path.Combine(Path.GetDirectoryName(configPath)!, CheckpointFolder.SingleFile));
            return ModelCatalog.Load(model);
        }
        finally
        {
            Directory.Delete(model, recursive: true);
        }
    }

    // "fails_when": "encoding" needs no word of its own: whatever the text provokes counts.
    private static IReadOnlyList<string> OpenTokenizer(string folder, JsonObject entry)
    {
        Tokenizer tokenizer = Tokenizer.Load(PathOf(folder, entry));
        if (entry["text"] is null) return [];
        int[] ids = tokenizer.EncodeIds(entry["text"]!.GetValue<string>());
        if (entry["ids"] is JsonArray expected && !ids.SequenceEqual(expected.Select(id => id!.GetValue<int>())))
            throw new InvalidDataException($"ids [{string.Join(", ", ids)}], expected {expected.ToJsonString()}");
        return [];
    }

    // As training does: the first row with an error ends it.
    private static List<string> OpenData(string folder, JsonObject entry)
    {
        var warnings = new List<string>();
        int rows = DatasetReader.Open(PathOf(folder, entry)).Read(problem =>
        {
            if (problem.Severity == ProblemSeverity.Error) throw problem.ToException();
            warnings.Add(problem.ToString());
        }, everyTask: true).Count();
        if (entry["rows"] is { } expected && rows != expected.GetValue<int>()) throw new InvalidDataException($"{rows} rows, expected {expected}");
        return warnings;
    }
}
