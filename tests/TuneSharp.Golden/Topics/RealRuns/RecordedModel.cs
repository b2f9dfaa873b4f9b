using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>The pretrained models of the recorded runs: a small one beside the fixtures, a real one in the folder of models.</summary>
internal static class RecordedModel
{
    /// <summary>Folder of a model by the name that a run gives; null: it is not here.</summary>
    public static string? Find(string name, string realRuns)
    {
        if (name.StartsWith("stories260K", StringComparison.OrdinalIgnoreCase)) return Existing(Path.Combine(realRuns, "..", "..", "models", "stories260k")) ?? Existing(Path.Combine(GoldenFixtures.Root, "models", "stories260k"));
        string? named = Environment.GetEnvironmentVariable("TUNESHARP_MODELS") is { Length: > 0 } folder ? folder : null;
        return Existing(Path.Combine(named ?? Path.Combine(GoldenFixtures.Root, "..", "models"), name));
    }

    public static ICausalLm Load(string folder) => ModelCatalog.Load(folder, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" });

    private static string? Existing(string folder) => Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
}
