// I = in, O = out, r = rank
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Peft.Lora;
using static TorchSharp.torch;

namespace TuneSharp.Peft.Combining.Weighted;

/// <summary>A LoRA adapter as its folder has it, without a model: the two factors of each module.</summary>
internal sealed class StoredLora : IDisposable
{
    private readonly Dictionary<string, LoraFactors> _modules = [];

    private StoredLora(string folder, LoraConfig config)
    {
        Folder = folder;
        Config = config;
    }

    public string Folder { get; }

    public LoraConfig Config { get; }

    /// <summary>By the module's name in the file, in the file's order.</summary>
    public IReadOnlyDictionary<string, LoraFactors> Modules => _modules;

    /// <summary>The largest rank that a module can have.</summary>
    public int LargestRank => Config.RankPattern.IsEmpty ? Config.Rank : Math.Max(Config.Rank, (int)Config.RankPattern.Largest);

    /// <exception cref="InvalidInputException">It is no LoRA, or one with parts that cannot be combined.</exception>
    public static StoredLora Open(string folder)
    {
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        if (adapter.PeftType != "LORA") throw new InvalidInputException($"An adapter of the kind {adapter.PeftType} cannot be combined with others.", folder, "Combine LoRA adapters only.");
        LoraConfig config = LoraConfig.FromJson(adapter.Fields);
        Refuse(config, folder);
        var stored = new StoredLora(folder, config);
        try
        {
            stored.ReadAll(adapter.Weights);
            return stored;
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (LoraFactors factors in _modules.Values)
        {
            factors.A_rI.Dispose();
            factors.B_Or.Dispose();
        }
    }

    /// <summary>What a combination would lose must not be there.</summary>
    private static void Refuse(LoraConfig config, string folder)
    {
        string? part = config switch
        {
            { UseDora: true } => "use_dora",
            { HasLoraBias: true } => "lora_bias",
            { ModulesToSave: not null } => "modules_to_save",
            { TrainableTokens: not null } => "trainable_token_indices",
            { Bias: not LoraBias.None } => "bias",
            { Start.TakesFromBase: true } => "init_lora_weights",
            _ => null,
        };
        if (part is not null) throw new InvalidInputException($"The adapter uses `{part}`, which a combination of several cannot keep.", folder, "Merge the adapters into their base one after another instead.");
    }

    private void ReadAll(SafetensorsFile file)
    {
        var b = new Dictionary<string, string>();
        foreach (string name in file.Tensors.Keys)
            if ((Module(name, LoraNames.B) ?? Module(name, LoraNames.EmbeddingB)) is { } module) b[module] = name;
        foreach (string name in file.Tensors.Keys)
        {
            bool embedding = Module(name, LoraNames.EmbeddingA) is not null;
            if ((Module(name, LoraNames.A) ?? Module(name, LoraNames.EmbeddingA)) is not { } module)
            {
                if (Module(name, LoraNames.B) is not null || Module(name, LoraNames.EmbeddingB) is not null || name.EndsWith(".base_layer.weight", StringComparison.Ordinal)) continue;
                throw new InvalidInputException($"`{name}` is no part of a LoRA that could be combined.", file.Path, "Merge the adapters into their base one after another instead.");
            }
            if (!b.Remove(module, out string? other)) throw new InvalidInputException($"The adapter has an A of {module}, but no B.", file.Path, "Save it again where it was trained.");
            string plain = module.StartsWith(LoraNames.Module(""), StringComparison.Ordinal) ? module[LoraNames.Module("").Length..] : module;
            _modules[module] = new LoraFactors(Read(file, name), Read(file, other), Config.ScaleFor(plain), embedding);
        }
        if (b.Count > 0) throw new InvalidInputException($"The adapter has a B of {b.Keys.First()}, but no A.", file.Path, "Save it again where it was trained.");
    }

    private static string? Module(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : null;

    private static Tensor Read(SafetensorsFile file, string name)
    {
        TensorEntry entry = file.Tensors[name];
        if (entry.Shape.Count != 2) throw new InvalidInputException($"`{name}` is [{string.Join(", ", entry.Shape)}]; expected [r, n].", file.Path, "The file was made for another model.");
        Tensor values = empty([.. entry.Shape], dtype: ScalarType.Float32).DetachFromDisposeScope();
        StoredTensor.Read(file, entry, values);
        return values;
    }
}

/// <param name="A_rI">A as PEFT stores it.</param>
/// <param name="B_Or">B as PEFT stores it.</param>
/// <param name="Scale">s: what the product is multiplied by.</param>
/// <param name="IsEmbedding">Of an embedding: other names in the file.</param>
internal sealed record LoraFactors(Tensor A_rI, Tensor B_Or, double Scale, bool IsEmbedding);
