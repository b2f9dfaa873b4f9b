using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>Writes a model in Hugging Face layout: model.safetensors and config.json, each replaced atomically.</summary>
internal static class CheckpointWriter
{
    /// <summary>What stands beside the weights of a model and is copied with it.</summary>
    private static readonly string[] Companions =
    [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "tokenizer.model", "vocab.json", "merges.txt", "vocab.txt", "chat_template.jinja", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    public static void Write(IModel model, string folder, ScalarType? storage, string? companionsFrom)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, CheckpointFolder.SingleFile),
            [.. model.Parameters.Select(parameter => ToWrite(parameter, storage ?? parameter.Value.dtype))],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });
        AtomicFile.WriteText(Path.Combine(folder, HfConfig.FileName), ConfigText(model, storage));
        if (companionsFrom is not null) CopyCompanions(companionsFrom, folder);
    }

    /// <summary>Copies what stands beside the weights, byte for byte.</summary>
    public static void CopyCompanions(string from, string folder)
    {
        if (Path.GetFullPath(from) == Path.GetFullPath(folder)) return;
        foreach (string name in Companions)
        {
            string source = Path.Combine(from, name);
            if (!File.Exists(source)) continue;
            AtomicFile.Write(Path.Combine(folder, name), target =>
            {
                using Stream stream = RegularFile.OpenStream(source);
                stream.CopyTo(target);
            });
        }
    }

    private static TensorToWrite ToWrite(Parameter parameter, ScalarType type) => new(parameter.Name, Stored(type), parameter.Value.shape, stream =>
    {
        using DisposeScope scope = NewDisposeScope();
        TensorMemory.Write(parameter.Value.to(type).contiguous(), stream);
    });

    private static string ConfigText(IModel model, ScalarType? storage)
    {
        JsonObject config = model.Config.Json.DeepClone().AsObject();
        ScalarType type = storage ?? model.Parameters[0].Value.dtype;
        config[config.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = type switch
        {
            ScalarType.BFloat16 => "bfloat16",
            ScalarType.Float16 => "float16",
            _ => "float32",
        };

        // Two different matrices stay two when somebody else loads them.
        bool tied = model is ICausalLm lm && ReferenceEquals(lm.Head.Weight, model.Parameters[0]);
        if (model is ICausalLm && model.Config.GetBool("tie_word_embeddings", false) != tied) config["tie_word_embeddings"] = tied;
        return config.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }) + "\n";
    }

    private static TensorDType Stored(ScalarType type) => type switch
    {
        ScalarType.Float32 => TensorDType.F32,
        ScalarType.BFloat16 => TensorDType.BF16,
        ScalarType.Float16 => TensorDType.F16,
        ScalarType.Float64 => TensorDType.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are stored as float32, bfloat16 or float16."),
    };
}
