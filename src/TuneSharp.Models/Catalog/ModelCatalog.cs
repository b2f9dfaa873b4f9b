using TorchSharp;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models.Llama;
using TuneSharp.Models.Qwen2;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>The model families, and models from folders in Hugging Face layout.</summary>
public static class ModelCatalog
{
    private static readonly Dictionary<string, Func<HfConfig, LlamaConfig>> Families = new(StringComparer.Ordinal)
    {
        [LlamaFamily.ModelType] = LlamaFamily.Read,
        [Qwen2Family.ModelType] = Qwen2Family.Read,
    };

    /// <summary>The values of model_type that can be loaded.</summary>
    public static IReadOnlyCollection<string> ModelTypes => Families.Keys;

    /// <summary>Loads a model: config.json and safetensors, sharded or not.</summary>
    /// <param name="folder">In Hugging Face layout.</param>
    /// <param name="settings">Types; null: both auto.</param>
    /// <param name="config">Instead of the folder's config.json.</param>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names what is missing, does not fit or is not known.</exception>
    public static ICausalLm Load(string folder, ModelSettings? settings = null, HfConfig? config = null)
    {
        settings ??= new ModelSettings();
        settings.Validate();
        config ??= HfConfig.Load(folder);
        LlamaConfig sizes = Read(config);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder);
        var weights = new CheckpointWeights(checkpoint, Storage(settings, checkpoint));
        var warnings = new List<string>(config.Warnings);
        var model = new LlamaModel(sizes, weights, Compute(settings, checkpoint)) { Warnings = warnings };
        try
        {
            weights.CheckNothingIsLeft(config.ModelType);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        warnings.AddRange(weights.Warnings);
        if (config.GetDouble("attention_dropout", 0, 1, 0) is var dropout and > 0)
            warnings.Add(FormattableString.Invariant($"config.json asks for attention_dropout {dropout} while training; it is not applied here."));
        if (model.ComputeType == ScalarType.BFloat16 && !Processor.HasBFloat16)
            warnings.Add("compute_dtype is bfloat16, but this processor has no bfloat16 instructions: training is 10 to 100 times slower than with float32.");
        return model;
    }

    /// <summary>The names of a model's modules, from its configuration: no weight is read and libtorch is not loaded.</summary>
    public static ModuleNames NamesOf(HfConfig config) => LlamaModel.NamesOf(Read(config));

    /// <summary>A model with a random start, for training from nothing. float32.</summary>
    public static ICausalLm CreateRandom(HfConfig config, long seed)
    {
        LlamaConfig sizes = Read(config);
        return new LlamaModel(sizes, new RandomWeights(seed, sizes.InitializerRange, ScalarType.Float32), ScalarType.Float32) { Warnings = config.Warnings };
    }

    /// <summary>Writes a model in Hugging Face layout: model.safetensors, config.json and the tokenizer's files.</summary>
    /// <param name="model">What is written.</param>
    /// <param name="folder">Made if it does not exist; files of the same names are replaced, each only when complete.</param>
    /// <param name="storage">Type of the weights in the file; null: as in memory.</param>
    /// <param name="companionsFrom">Folder whose tokenizer and generation settings are copied; null: none.</param>
    public static void Save(ICausalLm model, string folder, ScalarType? storage = null, string? companionsFrom = null) =>
        CheckpointWriter.Write(model, folder, storage, companionsFrom);

    /// <summary>Copies tokenizer, chat template, generation settings and licence of a model folder into another.</summary>
    public static void CopyCompanions(string from, string folder) => CheckpointWriter.CopyCompanions(from, folder);

    private static LlamaConfig Read(HfConfig config) =>
        Families.TryGetValue(config.ModelType, out Func<HfConfig, LlamaConfig>? read) ? read(config) : throw config.UnknownFamily(Families.Keys);

    /// <summary>The type that weights are kept in; null: as stored.</summary>
    private static ScalarType? Storage(ModelSettings settings, CheckpointFolder checkpoint)
    {
        long elements = checkpoint.Tensors.Values.Sum(tensor => tensor.NumElements);
        return settings.WeightsDtype switch
        {
            "float32" => ScalarType.Float32,
            "bfloat16" => ScalarType.BFloat16,
            "float16" => ScalarType.Float16,
            _ => elements * sizeof(float) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 ? ScalarType.Float32 : null,
        };
    }

    private static ScalarType Compute(ModelSettings settings, CheckpointFolder checkpoint) => settings.ComputeDtype switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        _ => Processor.HasBFloat16 && checkpoint.Tensors.Values.All(tensor => tensor.DType == TensorDType.BF16) ? ScalarType.BFloat16 : ScalarType.Float32,
    };
}
