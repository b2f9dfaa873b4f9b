using System.Text.Json;
using System.Text.RegularExpressions;
using TuneSharp.Data;
using TuneSharp.Formats.Adapters;
using TuneSharp.Golden.Harness;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.PartialFreezing;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Settings;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>One variant of a recorded classification run: runs/NAME.json with the rows that it was made on.</summary>
/// <param name="Run">What the variants have in common.</param>
/// <param name="Name">Of the variant: full, lora, frozen, last2.</param>
/// <param name="Json">The variant's own entry.</param>
internal sealed record RecordedClassifierRun(RecordedRun Run, string Name, JsonElement Json)
{
    private readonly Lazy<JsonElement> _data = new(() => GoldenFixtures.ReadJson(Path.Combine(Run.Folder, "data", Run.Json.GetProperty("data").GetString() + ".json.gz")));

    public static RecordedClassifierRun Of(RecordedRun run, string variant) => new(run, variant, run.Json.GetProperty("variants").GetProperty(variant));

    public IReadOnlyList<string> Labels => [.. _data.Value.GetProperty("labels").EnumerateArray().Select(label => label.ValueKind == JsonValueKind.String ? label.GetString()! : label.GetRawText())];

    /// <summary>The shape of a model that starts from the formula; null: a pretrained one.</summary>
    public JsonElement? FormulaConfig => Json.GetProperty("initial_values").TryGetProperty("config", out JsonElement config) ? config : null;

    /// <summary>The tensors that were trained, by their plain names.</summary>
    public IReadOnlyList<string> Trained => [.. Json.GetProperty("norms_after").EnumerateObject().Select(tensor => tensor.Name)];

    public TrainingExample[] TrainInOrder()
    {
        TrainingExample[] rows = Rows("train");
        return [.. Run.Json.GetProperty("steps").EnumerateArray().SelectMany(step => step.EnumerateArray()).Select(row => rows[row.GetInt32()])];
    }

    public TrainingExample[] Eval => Rows("eval");

    /// <summary>What stands in the way of repeating it; null: nothing.</summary>
    public string? Unknown()
    {
        int batch = Run.Json.GetProperty("batch_size").GetInt32();
        int[] sizes = [.. Run.Json.GetProperty("steps").EnumerateArray().Select(step => step.GetArrayLength())];
        return sizes.SkipLast(1).All(size => size == batch) && sizes[^1] <= batch ? null : "Steps of different sizes";
    }

    /// <summary>Rank from the recorded shapes; alpha, which no shape shows, from an adapter of the run where one was kept.</summary>
    public MethodSettings Method
    {
        get
        {
            if (Name == "full") return new MethodSettings { Method = "full" };
            if (Name != "lora") return new MethodSettings { Method = PartialFreezingMethod.Entry.Name, Options = new PartialFreezingSettings { UnfrozenParameters = [.. Trained.Select(name => Regex.Escape(name) + "$")] } };
            int rank = Json.GetProperty("initial_values").EnumerateObject().First(tensor => tensor.Name.EndsWith("lora_A.weight", StringComparison.Ordinal)).Value.GetProperty("shape")[0].GetInt32();
            string[] targets = [.. Trained.Where(name => name.EndsWith(".lora_A.weight", StringComparison.Ordinal)).Select(name => name[..^".lora_A.weight".Length].Split('.')[^1]).Distinct()];
            return new MethodSettings { Options = new LoraSettings { R = rank, LoraAlpha = KeptAlpha() ?? 2 * rank, TargetModules = targets } };
        }
    }

    public TrainingSettings Training => new()
    {
        LearningRate = Json.GetProperty("lr").GetDouble(),
        LrSchedulerType = Run.Json.GetProperty("schedule").GetString()!,
        WarmupSteps = Run.Json.GetProperty("warmup_steps").GetDouble(),
        MaxGradNorm = Run.Json.GetProperty("max_grad_norm").GetDouble(),
        PerDeviceTrainBatchSize = Run.Json.GetProperty("batch_size").GetInt32(),
        MaxSteps = Run.NumSteps,
        TrainSamplingStrategy = TrainSamplingStrategy.Sequential,
        LoadBestModelAtEnd = false,
        EvalSteps = 0,
        SaveSteps = 0,
        Seed = Run.Seed,
    };

    private double? KeptAlpha()
    {
        string folder = Path.Combine(Run.Folder, "adapters", $"{Run.Name}_{Name}");
        if (!Directory.Exists(folder)) return null;
        using AdapterFolder adapter = AdapterFolder.Open(folder);
        return adapter.Fields.GetDouble("lora_alpha", 0, 1e6);
    }

    private TrainingExample[] Rows(string part) => [.. _data.Value.GetProperty(part).EnumerateArray().Select(row =>
    {
        int[] ids = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())], ignored = new int[ids.Length];
        Array.Fill(ignored, TrainingExample.Ignored);
        return new TrainingExample(ids, ignored) { Targets = [row.GetProperty("label").GetInt32()] };
    })];
}
