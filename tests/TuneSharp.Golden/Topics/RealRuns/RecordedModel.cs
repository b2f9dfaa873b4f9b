using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>The pretrained models of the recorded runs: a small one beside the fixtures, a real one in the folder of models.</summary>
internal static class RecordedModel
{
    /// <summary>Folder of a model by the name that a run gives, or its GGUF file where the folder holds no other weights; null: it is not here.</summary>
    public static string? Find(string name, string realRuns)
    {
        if (name.StartsWith("stories260K", StringComparison.OrdinalIgnoreCase)) return Existing(Path.Combine(realRuns, "..", "..", "models", "stories260k")) ?? Existing(Path.Combine(GoldenFixtures.Root, "models", "stories260k"));
        string? named = Environment.GetEnvironmentVariable("TUNESHARP_MODELS") is { Length: > 0 } folder ? folder : null;
        return Existing(Path.Combine(named ?? Path.Combine(GoldenFixtures.Root, "..", "models"), name));
    }

    /// <param name="folder">As found.</param>
    /// <param name="settings">Null: float32.</param>
    public static ICausalLm Load(string folder, ModelSettings? settings = null) => ModelCatalog.Load(folder, settings ?? new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" });

    /// <summary>Bytes of the model's files.</summary>
    public static long Size(string model) => File.Exists(model) ? new FileInfo(model).Length : new DirectoryInfo(model).EnumerateFiles().Sum(file => file.Length);

    private static string? Existing(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        string[] packed = Directory.GetFiles(folder, "*.gguf");
        return Path.GetFullPath(packed.Length == 1 && Directory.GetFiles(folder, "*.safetensors").Length == 0 ? packed[0] : folder);
    }
}
