using System.Text.Json;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;

namespace TuneSharp.Golden.Topics;

/// <summary>models: one case a folder. What transformers computes with a checkpoint, computed here.</summary>
public sealed class ModelsTopic : IGoldenTopic
{
    public string Topic => "models";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (string model in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            if (File.Exists(Path.Combine(model, "golden.json"))) yield return new GoldenCase(Path.GetFileName(model), () => Run(model));
    }

    public string? SpoilOne(string copy)
    {
        foreach (GoldenCase found in Find(copy))
        {
            string path = Path.Combine(copy, found.Name, "golden.safetensors");
            if (!File.Exists(path) || !GoldenRun.RunOne(found).Agreed) continue;
            using (SafetensorsFile file = SafetensorsFile.Open(path))
                if (!file.Tensors.ContainsKey("hidden_states.1")) continue;
            GoldenTensors.Move(path, "hidden_states.1", FirstReal(path), (float)(10 * ModelChecks.LogitTolerance));
            return found.Name;
        }
        return null;
    }

    private static GoldenResult Run(string folder)
    {
        JsonElement golden = GoldenFixtures.ReadJson(Path.Combine(folder, "golden.json"));
        string kind = golden.GetProperty("kind").GetString()!;
        HfConfig config = HfConfig.Load(folder);
        if (kind is "classify" or "mlm") return RunWithHead(folder, kind, config, golden);
        bool causal = kind == "causal" || config.Architectures.All(name => name.EndsWith("ForCausalLM", StringComparison.Ordinal) || name.EndsWith("LMHeadModel", StringComparison.Ordinal));
        if (!causal || kind is not ("causal" or "checkpoint" or "pretrained")) return GoldenResult.NotBuilt($"{config.ModelType} as {kind}");
        if (!ModelCatalog.ModelTypes.Contains(config.ModelType)) return GoldenResult.NotBuilt(config.ModelType);
        if (!Directory.EnumerateFiles(folder, "*.safetensors").Any(IsCheckpoint)) return GoldenResult.NotBuilt("checkpoints in pickle files");

        string? same = golden.TryGetProperty("same_as", out JsonElement other) ? other.GetString() : null;
        string recorded = same is null ? folder : Path.Combine(Path.GetDirectoryName(folder)!, same);
        if (same is not null) golden = GoldenFixtures.ReadJson(Path.Combine(recorded, "golden.json"));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(recorded, "golden.safetensors"));
        using ICausalLm model = Load(folder, "float32", null);
        if (kind == "pretrained") return GoldenResult.All(ModelChecks.Pretrained(model, folder, file, golden));

        List<GoldenResult> parts = [.. ModelChecks.Batch(model, file, golden), .. ModelChecks.CachedDecode(model, file, golden), .. ModelChecks.Greedy(model, golden)];
        parts.AddRange(ModelChecks.PackedAndLong(model, file, golden));
        parts.AddRange(ModelChecks.Gradients(model, file, golden));

        // The other spelling of the config, with the weights kept as they are stored.
        string legacy = Path.Combine(folder, "config.legacy.json");
        string stored = golden.TryGetProperty("dtype_on_disk", out JsonElement type) ? type.GetString()! : "auto";
        using ICausalLm again = Load(folder, stored, File.Exists(legacy) ? HfConfig.Load(legacy) : null);
        parts.AddRange(ModelChecks.Batch(again, file, golden));
        return GoldenResult.All(parts);
    }

    private static GoldenResult RunWithHead(string folder, string kind, HfConfig config, JsonElement golden)
    {
        if (!ModelCatalog.ModelTypes.Contains(config.ModelType)) return GoldenResult.NotBuilt($"{config.ModelType} as {kind}");
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        string legacy = Path.Combine(folder, "config.legacy.json");
        List<GoldenResult> parts = [];
        foreach ((string weights, HfConfig? spelling) in new[] { ("float32", null), (golden.GetProperty("dtype_on_disk").GetString()!, File.Exists(legacy) ? HfConfig.Load(legacy) : null) })
        {
            var settings = new ModelSettings { WeightsDtype = weights, ComputeDtype = "float32" };
            if (kind == "mlm")
            {
                using IMaskedLm model = ModelCatalog.LoadMaskedLm(folder, settings, spelling);
                parts.AddRange(HeadChecks.MaskedLm(model, file, golden));
            }
            else
            {
                using ISequenceClassifier model = ModelCatalog.LoadClassifier(folder, settings, config: spelling);
                parts.AddRange(HeadChecks.Classifier(model, file, golden));
            }
        }
        return GoldenResult.All(parts);
    }

    private static ICausalLm Load(string folder, string weights, HfConfig? config) =>
        ModelCatalog.Load(folder, new ModelSettings { WeightsDtype = weights, ComputeDtype = "float32" }, config);

    private static bool IsCheckpoint(string path) => Path.GetFileName(path).StartsWith("model", StringComparison.Ordinal);

    /// <summary>An index into hidden_states.1 that is no padding (those are zero).</summary>
    private static int FirstReal(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return Array.FindIndex(file.Floats("hidden_states.1"), x => x != 0);
    }
}
