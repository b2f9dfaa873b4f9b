using System.Text.Json.Nodes;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Json;
using TuneSharp.Formats.Safetensors;

namespace TuneSharp.Formats.Adapters;

/// <summary>
/// An adapter in the layout of Hugging Face's PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. Opening
/// checks that the method is one that PEFT has and that all weights are finite; what the config means is the method's matter.
/// </summary>
public sealed class AdapterFolder : IDisposable
{
    public const string ConfigFile = "adapter_config.json";
    public const string WeightsFile = "adapter_model.safetensors";

    /// <summary>The weights in a folder of the library `adapters`.</summary>
    public const string BottleneckWeightsFile = "adapter.safetensors";

    /// <summary>What <see cref="PeftType"/> is for such a folder, whose config names no type.</summary>
    public const string Bottleneck = "BOTTLENECK";

    private const long MaxConfigBytes = 16 << 20;

    private AdapterFolder(string path, CheckedFields fields, string peftType, SafetensorsFile weights)
    {
        Path = path;
        Fields = fields;
        PeftType = peftType;
        Weights = weights;
    }

    public string Path { get; }

    /// <summary>adapter_config.json as it stands.</summary>
    public JsonObject Config => Fields.Json;

    /// <summary>The same with checked getters.</summary>
    public CheckedFields Fields { get; }

    /// <summary>The method, as in "LORA"; one of <see cref="PeftTypes.All"/>.</summary>
    public string PeftType { get; }

    public SafetensorsFile Weights { get; }

    /// <exception cref="InvalidInputException">A file is missing or damaged, only pickled weights, an unknown method, no tensor, NaN.</exception>
    public static AdapterFolder Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new InvalidInputException("The adapter folder does not exist.", folder, "Check the spelling of its path.");
        string configPath = System.IO.Path.Combine(folder, ConfigFile);
        if (!File.Exists(configPath)) throw new InvalidInputException($"There is no {ConfigFile} in the folder.", folder, "Name the folder of an adapter in PEFT's layout.");
        var fields = new CheckedFields(StrictJson.ReadObject(configPath, MaxConfigBytes), configPath);
        // The library `adapters` writes its own kind of config, with the adapter's inside.
        bool isBottleneck = fields.Json["peft_type"] is null && fields.Json["config"] is JsonObject && fields.GetString("version") is { } version && version.StartsWith("adapters.", StringComparison.Ordinal);
        string type = isBottleneck ? Bottleneck : fields.GetString("peft_type") ?? throw fields.Missing("peft_type", "the name of a method, as in \"LORA\"");
        if (!isBottleneck && !PeftTypes.All.Contains(type)) throw fields.Wrong("peft_type", "PEFT has no method of this name.", "Check where the adapter comes from.");
        string weightsFile = isBottleneck ? BottleneckWeightsFile : WeightsFile, weightsPath = System.IO.Path.Combine(folder, weightsFile);
        if (!File.Exists(weightsPath)) throw MissingWeights.Explain(folder, weightsFile);
        SafetensorsFile weights = SafetensorsFile.Open(weightsPath);
        try
        {
            if (weights.Tensors.Count == 0) throw new InvalidInputException("The adapter has no tensor.", weightsPath, "Save it again where it was trained.");
            if (FiniteScan.FirstNonFinite(weights) is { } bad) throw new NonFiniteWeightsException(bad.Name, weightsPath);
            return new AdapterFolder(folder, fields, type, weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes an adapter as PEFT does, byte for byte: weights first, config last. The folder is created if need be. For a folder
    /// that must appear as one thing call this inside <see cref="AtomicFolder.Write"/>.
    /// </summary>
    /// <param name="folder">May exist, but not hold an adapter.</param>
    /// <param name="config">Keys in any order.</param>
    /// <param name="tensors">By PEFT's names (formats.md §7.1).</param>
    /// <param name="weightsFile">Name of the weights' file.</param>
    /// <exception cref="NonFiniteWeightsException">A tensor holds NaN or infinity; nothing is left behind.</exception>
    /// <exception cref="SaveFailedException">The disk failed.</exception>
    public static void Write(string folder, JsonObject config, IReadOnlyList<TensorToWrite> tensors, string weightsFile = WeightsFile)
    {
        string configPath = System.IO.Path.Combine(folder, ConfigFile), weightsPath = System.IO.Path.Combine(folder, weightsFile);
        if (File.Exists(configPath) || File.Exists(weightsPath))
            throw new InvalidInputException("The folder holds an adapter already; nothing is written over it.", folder, "Choose another folder, or move the old adapter away.");
        try { SaveDisk.Current.CreateFolder(folder); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new SaveFailedException(folder, e); }
        SafetensorsWriter.Write(weightsPath, tensors, new Dictionary<string, string> { ["format"] = "pt" }, refuseNonFinite: true);
        try { AtomicFile.WriteText(configPath, PythonJson.Write(config)); }
        catch
        {
            Cleanup.Try(() => SaveDisk.Current.DeleteFile(weightsPath));
            throw;
        }
    }

    public void Dispose() => Weights.Dispose();
}
