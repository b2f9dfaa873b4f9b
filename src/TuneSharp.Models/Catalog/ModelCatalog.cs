using TorchSharp;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Kernels;
using TuneSharp.Models.Bert;
using TuneSharp.Models.ChatGlm;
using TuneSharp.Models.DistilBert;
using TuneSharp.Models.Electra;
using TuneSharp.Models.Gguf;
using TuneSharp.Models.Gpt2;
using TuneSharp.Models.Heads;
using TuneSharp.Models.Llama;
using TuneSharp.Models.Qwen2;
using TuneSharp.Models.Roberta;
using TuneSharp.Models.Settings;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models;

/// <summary>The model families, and models from folders in Hugging Face layout or GGUF files.</summary>
public static class ModelCatalog
{
    private static readonly Dictionary<string, ModelFamily> Families = new[]
    {
        LlamaFamily.Family,
        Qwen2Family.Family,
        Gpt2Family.Family,
        ChatGlmFamily.Family,
        BertFamily.Family,
        RobertaFamily.Family,
        DistilBertFamily.Family,
        ElectraFamily.Family,
    }.ToDictionary(family => family.ModelType, StringComparer.Ordinal);

    /// <summary>How config.json files call dropout within a transformer.</summary>
    private static readonly string[] DropoutKeys =
    [
        "attention_dropout", "attention_probs_dropout_prob", "hidden_dropout_prob", "classifier_dropout", "dropout", "seq_classif_dropout",
        "attn_pdrop", "embd_pdrop", "resid_pdrop", "hidden_dropout",
    ];

    /// <summary>The values of model_type that can be loaded.</summary>
    public static IReadOnlyCollection<string> ModelTypes => Families.Keys;

    /// <summary>Loads a model: config.json and safetensors, sharded or not; or a GGUF file.</summary>
    /// <param name="path">A folder in Hugging Face layout, a GGUF file, or a folder whose only weights are one.</param>
    /// <param name="settings">Types; null: both auto.</param>
    /// <param name="config">Instead of the folder's config.json or what the GGUF file's metadata say.</param>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names what is missing, does not fit or is not known.</exception>
    public static ICausalLm Load(string path, ModelSettings? settings = null, HfConfig? config = null) =>
        Load(path, settings, config, (config, stored) => HeadPlans.CausalLm(FamilyOf(config), config, stored));

    /// <summary>Loads a sequence classifier: a checkpoint with a trained head, or any other of the family with a new one.</summary>
    /// <param name="path">As for <see cref="Load(string, ModelSettings?, HfConfig?)"/>.</param>
    /// <param name="settings">Types; null: both auto.</param>
    /// <param name="head">What the head must know. Null: what the checkpoint's head knows, which must be there.</param>
    /// <param name="config">Instead of the folder's config.json or what the GGUF file's metadata say.</param>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Also where the checkpoint's head knows other labels.</exception>
    public static ISequenceClassifier LoadClassifier(string path, ModelSettings? settings = null, NewHead? head = null, HfConfig? config = null)
    {
        head?.Validate();
        return Load(path, settings, config, (config, stored) => HeadPlans.Classifier(FamilyOf(config), config, stored, head));
    }

    /// <summary>Loads an encoder with its masked-language-model head, which must be in the checkpoint.</summary>
    /// <inheritdoc cref="Load(string, ModelSettings?, HfConfig?)"/>
    public static IMaskedLm LoadMaskedLm(string path, ModelSettings? settings = null, HfConfig? config = null) =>
        Load(path, settings, config, (config, stored) => HeadPlans.MaskedLm(FamilyOf(config), config, stored));

    /// <summary>What the labels of a model are, if its config.json names a sequence classifier; else null.</summary>
    public static ClassifierLabels? LabelsOf(HfConfig config) => config.IsClassifier() ? ClassifierLabels.Read(config) : null;

    /// <summary>The config.json of a classifier on a model of this config: for <see cref="SizesOf"/>, and for random models.</summary>
    public static HfConfig ClassifierConfig(HfConfig config, NewHead head)
    {
        head.Validate();
        return HeadPlans.ClassifierConfig(FamilyOf(config), config, head);
    }

    /// <summary>The config of a model: config.json of a folder, or what a GGUF file's metadata say. No weight is read.</summary>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names what is missing or cannot be.</exception>
    public static HfConfig ReadConfig(string path)
    {
        if (GgufFile.In(path) is not { } gguf) return HfConfig.Load(path);
        using GgufFile file = GgufFile.Open(gguf);
        return ReadConfig(path, file);
    }

    /// <summary>Whether the weights of a folder or a GGUF file could be read, as far as that can be told without reading them.</summary>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">Names the file or tensor that cannot.</exception>
    public static void CheckWeights(string path)
    {
        if (GgufFile.In(path) is not { } gguf)
        {
            CheckpointFolder.Open(path).Dispose();
            return;
        }
        using GgufFile file = GgufFile.Open(gguf);
        file.CheckTypes();
    }

    /// <summary>Writes the weights of a GGUF file in Hugging Face layout: model.safetensors and config.json.</summary>
    /// <param name="path">The GGUF file, or a folder with it.</param>
    /// <param name="folder">Exists; files in it of these names are replaced.</param>
    /// <param name="storage">Type of the weights; null: as stored, and float32, which is exact, where the file is quantised.</param>
    /// <param name="progress">Told (bytes written, bytes in all).</param>
    /// <exception cref="TuneSharp.Formats.InvalidInputException">The file cannot be used, or is no model of these families.</exception>
    public static GgufConversion ConvertGguf(string path, string folder, ScalarType? storage = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        using GgufFile file = GgufFile.Open(GgufFile.In(path) ?? path);
        HfConfig config = ReadConfig(path, file);
        _ = FamilyOf(config);
        return GgufConversion.Run(file, config, folder, storage, progress, cancellation);
    }

    /// <summary>How large a model is and what its modules are called, from its configuration: no weight is read and libtorch is not loaded.</summary>
    public static ModelSizes SizesOf(HfConfig config) => FamilyOf(config).SizesOf(config);

    /// <summary>The types in which <see cref="Load"/> would keep and compute a model. No weight is read.</summary>
    /// <param name="path">A folder in Hugging Face layout, or a GGUF file.</param>
    /// <param name="settings">What was asked for; auto depends on the file and the machine.</param>
    public static (ScalarType Weights, ScalarType Compute) TypesOf(string path, ModelSettings settings)
    {
        StoredTypes stored = StoredIn(path);
        return (Storage(settings, stored.NumElements) ?? stored.Dense, Compute(settings, stored.IsBFloat16));
    }

    /// <summary>Bits for each weight of the blocks' linears, scales included, as <see cref="Load(string, ModelSettings?, HfConfig?)"/> would keep them; null: as all other weights. No weight is read.</summary>
    /// <inheritdoc cref="TypesOf" path="/param"/>
    public static double? PackedBitsOf(string path, ModelSettings settings)
    {
        double block = settings.QuantizationBlockSize;
        return settings.Quantization switch
        {
            "nf4" or "fp4" when settings.DoubleQuantization => 4 + (8 / block) + (32 / (block * NestedScales.BlockSize)),
            "nf4" or "fp4" => 4 + (32 / block),
            "int8" => 8,
            "none" when GgufFile.In(path) is not null => null,
            _ => StoredIn(path).PackedBits,
        };
    }

    /// <summary>A model with a random start, for training from nothing. float32.</summary>
    public static ICausalLm CreateRandom(HfConfig config, long seed) => HeadPlans.CausalLmOf(FamilyOf(config), config)(config, Random(config, seed), ScalarType.Float32, config.Warnings);

    /// <summary>A model with a random start whose linears are packed as they are drawn, to measure with: one dense matrix at most exists beside the result.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="settings">quantization nf4, fp4 or int8; the types of the other weights and of the arithmetic (auto: float32).</param>
    public static ICausalLm CreateRandom(HfConfig config, long seed, ModelSettings settings)
    {
        settings.Validate();
        ScalarType dense = settings.WeightsDtype == "auto" ? ScalarType.Float32 : Storage(settings, 0)!.Value;
        WeightPacking? packing = settings.Quantization == "none" ? null : new WeightPacking(settings);
        return HeadPlans.CausalLmOf(FamilyOf(config), config)(config, new RandomWeights(seed, config.GetDouble("initializer_range", 0, 10, 0.02), dense, packing), Compute(settings, isBFloat16: false), config.Warnings);
    }

    /// <summary>A classifier with a random start. float32.</summary>
    /// <param name="config">Says what the labels are; see <see cref="ClassifierConfig"/>.</param>
    /// <param name="seed">Of the random numbers.</param>
    public static ISequenceClassifier CreateRandomClassifier(HfConfig config, long seed) =>
        HeadPlans.ClassifierOf(FamilyOf(config), config)(config, Random(config, seed), ScalarType.Float32, config.Warnings);

    /// <summary>A masked language model with a random start. float32.</summary>
    public static IMaskedLm CreateRandomMaskedLm(HfConfig config, long seed) =>
        HeadPlans.MaskedLmOf(FamilyOf(config), config)(config, Random(config, seed), ScalarType.Float32, config.Warnings);

    /// <summary>Writes a model in Hugging Face layout: model.safetensors, config.json and the tokenizer's files.</summary>
    /// <param name="model">What is written.</param>
    /// <param name="folder">Made if it does not exist; files of the same names are replaced, each only when complete.</param>
    /// <param name="storage">Type of the weights in the file; null: as in memory.</param>
    /// <param name="companionsFrom">Folder whose tokenizer and generation settings are copied; null: none.</param>
    public static void Save(IModel model, string folder, ScalarType? storage = null, string? companionsFrom = null) =>
        CheckpointWriter.Write(model, folder, storage, companionsFrom);

    /// <summary>Copies tokenizer, chat template, generation settings and licence of a model folder into another.</summary>
    public static void CopyCompanions(string from, string folder) => CheckpointWriter.CopyCompanions(from, folder);

    private static ModelFamily FamilyOf(HfConfig config) =>
        Families.TryGetValue(config.ModelType, out ModelFamily? family) ? family : throw config.UnknownFamily(Families.Keys);

    /// <summary>A config.json beside the file was made from the model itself: it wins.</summary>
    private static HfConfig ReadConfig(string path, GgufFile file) =>
        Directory.Exists(path) && File.Exists(Path.Combine(path, HfConfig.FileName)) ? HfConfig.Load(path) : GgufConfig.Read(file);

    private static RandomWeights Random(HfConfig config, long seed) => new(seed, config.GetDouble("initializer_range", 0, 10, 0.02), ScalarType.Float32);

    private static StoredTypes StoredIn(string path)
    {
        if (GgufFile.In(path) is { } gguf)
        {
            using GgufFile file = GgufFile.Open(gguf);
            return StoredTypes.Of(file);
        }
        using CheckpointFolder checkpoint = CheckpointFolder.Open(path);
        return StoredTypes.Of(checkpoint);
    }

    /// <summary>Opens what lies at a path and builds what a plan makes of it.</summary>
    private static TModel Load<TModel>(string path, ModelSettings? settings, HfConfig? config, Func<HfConfig, IStoredTensors, LoadPlan<TModel>> plan)
        where TModel : IModel
    {
        settings ??= new ModelSettings();
        settings.Validate();
        if (GgufFile.In(path) is { } gguf)
        {
            using GgufFile file = GgufFile.Open(gguf);
            config ??= ReadConfig(path, file);
            return Build(plan(config, new GgufTensors(file, config)), settings, StoredTypes.Of(file));
        }
        config ??= HfConfig.Load(path);
        _ = FamilyOf(config);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(path);
        return Build(plan(config, new SafetensorsTensors(checkpoint, config)), settings, StoredTypes.Of(checkpoint));
    }

    private static TModel Build<TModel>(LoadPlan<TModel> plan, ModelSettings settings, StoredTypes stored)
        where TModel : IModel
    {
        HfConfig config = plan.Config;
        var packing = new WeightPacking(settings);
        var weights = new CheckpointWeights(plan.Stored, Storage(settings, stored.NumElements), packing);
        List<string> warnings = [.. config.Warnings, .. plan.Warnings];
        TModel model = plan.Build(config, plan.Around(weights), Compute(settings, stored.IsBFloat16), warnings);
        try
        {
            weights.CheckNothingIsLeft(config.ModelType);
            packing.CheckWasUsed(config.ModelType, plan.Stored.Path);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        warnings.AddRange([.. weights.Warnings, .. packing.Warnings]);
        foreach (string key in DropoutKeys)
        {
            if (config.GetDouble(key, 0, 1, 0) is var dropout and > 0)
                warnings.Add(FormattableString.Invariant($"config.json asks for {key} {dropout} while training; it is not applied here."));
        }
        if (model.ComputeType == ScalarType.BFloat16 && !Processor.HasBFloat16)
            warnings.Add("compute_dtype is bfloat16, but this processor has no bfloat16 instructions: training is 10 to 100 times slower than with float32.");
        return model;
    }

    /// <summary>The type that weights are kept in; null: as stored.</summary>
    private static ScalarType? Storage(ModelSettings settings, long elements) => settings.WeightsDtype switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        "float16" => ScalarType.Float16,
        _ => elements * sizeof(float) <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 ? ScalarType.Float32 : null,
    };

    private static ScalarType Compute(ModelSettings settings, bool isBFloat16) => settings.ComputeDtype switch
    {
        "float32" => ScalarType.Float32,
        "bfloat16" => ScalarType.BFloat16,
        _ => Processor.HasBFloat16 && isBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32,
    };
}
