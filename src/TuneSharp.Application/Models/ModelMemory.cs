using TorchSharp;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Estimates;

namespace TuneSharp.Application.Models;

/// <summary>What using a model takes in memory, for each way of using it and each type of its weights.</summary>
internal static class ModelMemory
{
    /// <summary>Tokens of a micro-batch: a few short conversations.</summary>
    private const int Tokens = 1024;

    private static readonly (string Name, torch.ScalarType Type)[] Types = [("float32", torch.ScalarType.Float32), ("bfloat16", torch.ScalarType.BFloat16)];

    /// <summary>The arithmetic is float32; what trains has the default settings of its method.</summary>
    public static ModelInspection Fill(ModelInspection model, HfConfig config)
    {
        int tokens = Math.Min(Tokens, model.Sizes?.Context ?? Tokens);
        var needs = new List<MemoryNeed>();
        foreach ((string name, torch.ScalarType type) in Types)
        {
            needs.Add(new MemoryNeed("inference", name, MemoryEstimator.ForInference(config, type, torch.ScalarType.Float32, tokens).Total));
            foreach (string method in (string[])["lora", "full"])
                needs.Add(new MemoryNeed(method, name, MemoryEstimator.ForTraining(config, new MethodSettings { Method = method }, type, torch.ScalarType.Float32, tokens, recomputeBlocks: false).Total));
        }
        return model with { Memory = [.. needs.OrderBy(need => need.Use switch { "inference" => 0, "lora" => 1, _ => 2 })], MemoryTokens = tokens };
    }
}
