using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.ModelConfigs;

/// <summary>
/// A model's <c>config.json</c> as data: parsed, checked, nothing in it is ever executed. Both spellings are read, that of the
/// Hub (<c>torch_dtype</c>, <c>rope_theta</c>, <c>rope_scaling</c>) and that of transformers 5 (<c>dtype</c>,
/// <c>rope_parameters</c>, <c>layer_types</c>). What a family needs it takes with the checked getters.
/// </summary>
public sealed class HfConfig : CheckedFields
{
    public const string FileName = "config.json";
    private const long MaxBytes = 16 << 20;
    private const string BitsAndBytes = "bitsandbytes";

    private HfConfig(JsonObject json, string where) : base(json, where)
    {
        Architectures = GetStrings("architectures") ?? [];
        ModelType = GetString("model_type") ?? TypeOfArchitecture() ?? throw Missing("model_type", "the name of a model family, unless architectures names one (both are missing)");
        RefuseQuantization();
        Warnings = [.. FindWarnings()];
    }

    /// <summary>Family in lower case, as in "llama"; taken from <see cref="Architectures"/> where the file has no <c>model_type</c>.</summary>
    public string ModelType { get; }

    /// <summary>Class names of the Python library, as in "LlamaForCausalLM"; may be empty.</summary>
    public IReadOnlyList<string> Architectures { get; }

    /// <summary>What is odd about the file but not wrong: sentences for a person.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Type in which the weights are stored, as in "bfloat16"; null if the file does not say.</summary>
    public string? DType => (GetString("dtype") ?? GetString("torch_dtype"))?.Replace("torch.", "", StringComparison.Ordinal);

    /// <summary>Hidden size and heads.</summary>
    public AttentionShape Attention => AttentionShape.Read(this);

    /// <summary>Rotary embedding in one form.</summary>
    public RopeParameters Rope => RopeReader.Read(this);

    /// <summary>Sliding window of each layer in tokens (the token itself included); null = no window.</summary>
    public IReadOnlyList<int?> SlidingWindows(int numLayers) => LayerWindows.Read(this, ModelType, numLayers);

    /// <param name="folderOrFile">A model folder or a config file.</param>
    /// <exception cref="InvalidInputException">Missing, no JSON, no family, quantised.</exception>
    public static HfConfig Load(string folderOrFile)
    {
        string path = Directory.Exists(folderOrFile) ? Path.Combine(folderOrFile, FileName) : folderOrFile;
        if (!File.Exists(path)) throw new InvalidInputException("The model's config.json does not exist.", path, "Name the folder of a model in Hugging Face layout.");
        return new HfConfig(StrictJson.ReadObject(path, MaxBytes), path);
    }

    /// <param name="where">File or other source, for error messages.</param>
    public static HfConfig Parse(string json, string where) => new(StrictJson.ParseObject(Encoding.UTF8.GetBytes(json), where), where);

    /// <summary>The error for a family that this program does not have.</summary>
    public InvalidInputException UnknownFamily(IEnumerable<string> known)
    {
        string names = Architectures.Count == 0 ? "" : $" ({string.Join(", ", Architectures.Select(Quoted.Text))})";
        string code = Has("auto_map") ? " Its auto_map asks for Python code from the model's folder, which is never run." : "";
        return new InvalidInputException(
            $"The model family {Quoted.Text(ModelType)}{names} is not known.{code}", Where, $"The families that can be used are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    // "Qwen2MoeForCausalLM" is the class of "qwen2_moe".
    private string? TypeOfArchitecture()
    {
        if (Architectures.Count == 0) return null;
        string name = Architectures[0].Split("For")[0];
        var type = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && type.Length > 0) type.Append('_');
            type.Append(char.ToLowerInvariant(c));
        }
        return type.ToString();
    }

    private void RefuseQuantization()
    {
        if (GetObject("quantization_config") is not { } quantization) return;
        string method = quantization.GetString("quant_method") ?? "a method without a name";
        if (method == BitsAndBytes) return;
        throw new InvalidInputException($"The weights are quantised with {Quoted.Text(method)}, which cannot be read.", Where, "Use the model's version with float32, bfloat16 or float16 weights.");
    }

    private IEnumerable<string> FindWarnings()
    {
        if (Architectures.Count == 0) yield return "config.json has no architectures; model_type alone decides which family it is.";
        if (!Has("model_type")) yield return $"config.json has no model_type; {Quoted.Text(ModelType)} was taken from architectures.";
        if (Has("rms_norm_eps") && GetDouble("rms_norm_eps", 0, 1) == 0) yield return "rms_norm_eps is 0: a row of zeros would give NaN.";
    }
}
