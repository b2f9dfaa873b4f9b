using System.Text.Json.Nodes;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Json;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Peft;

/// <summary>An adapter as it is written: the config and the tensors, named and shaped as PEFT does.</summary>
public sealed record AdapterContents(JsonObject Config, IReadOnlyList<TensorToWrite> Tensors)
{
    /// <summary>Name of the tensors' file.</summary>
    public string WeightsFile { get; init; } = AdapterFolder.WeightsFile;

    /// <summary>Further files of tensors: an encoder that PEFT does not save, a head.</summary>
    public IReadOnlyList<(string File, IReadOnlyList<TensorToWrite> Tensors)> Beside { get; init; } = [];

    /// <summary>Further configs, by file name.</summary>
    public IReadOnlyList<(string File, JsonObject Config)> ConfigsBeside { get; init; } = [];

    /// <summary>Writes all files into a folder that may exist but holds no adapter.</summary>
    public void Write(string folder)
    {
        AdapterFolder.Write(folder, Config, Tensors, WeightsFile);
        foreach ((string file, IReadOnlyList<TensorToWrite> tensors) in Beside)
            SafetensorsWriter.Write(Path.Combine(folder, file), tensors, new Dictionary<string, string> { ["format"] = "pt" }, refuseNonFinite: true);
        foreach ((string file, JsonObject config) in ConfigsBeside) AtomicFile.WriteText(Path.Combine(folder, file), PythonJson.Write(config));
    }
}
