using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.RealRuns;

namespace TuneSharp.Golden.Topics;

/// <summary>
/// outcomes/real_runs: fine-tuning runs of real pretrained models, repeated by the product's own recipe and compared step by step. A run
/// of a small model is repeated whole in every test run; of a large one its first step, and the rest by the golden command.
/// </summary>
public sealed class RealRunsTopic : IGoldenTopic
{
    /// <summary>A whole run of a model with fewer bytes takes seconds.</summary>
    private const long SmallModelBytes = 10_000_000;

    public string Topic => "outcomes/real_runs";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, "smollm2_reference.json.gz")))
            foreach (GoldenCase found in ReferenceModelCases.Find(folder)) yield return found;
        foreach (string path in Entries(folder, "runs", "*.json"))
        {
            RecordedRun run = RecordedRun.Read(path);
            string name = $"runs/{Path.GetFileName(path)}";
            if (run.Json.TryGetProperty("variants", out JsonElement variants))
                foreach (GoldenCase found in Names(variants).SelectMany(variant => ClassifierCases.Of(run, name, variant))) yield return found;
            else foreach (GoldenCase found in LanguageModel(run, name)) yield return found;
        }
        foreach (string path in Entries(folder, "adapters", "*"))
            yield return AdapterCases.Of(folder, path);
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "runs", "stories260k_lora_pirate.json");
        if (!File.Exists(path)) return null;
        JsonObject root = JsonNode.Parse(GoldenFixtures.ReadText(path))!.AsObject();
        JsonArray losses = root["train"]!["loss"]!.AsArray();
        int last = losses.Count - 1;
        losses[last] = (double)losses[last]! + 10 * RunComparison.LateLossTolerance;
        GoldenFixtures.WriteText(path, root.ToJsonString());
        return "runs/stories260k_lora_pirate.json/curve";
    }

    private static IEnumerable<GoldenCase> LanguageModel(RecordedRun run, string name)
    {
        if (run.Unknown() is { } unknown)
        {
            yield return new GoldenCase(name, () => GoldenResult.NotBuilt(unknown));
            yield break;
        }

        string? model = RecordedModel.Find(run.ModelName, run.Folder);
        GoldenCase Case(string part, bool quick, Func<string, GoldenResult> compare) => new($"{name}/{part}", () => model is null
            ? GoldenResult.Equal(false, $"The model {run.ModelName} is not here; name its folder's folder in TUNESHARP_MODELS.") : compare(model))
        { Quick = quick };

        bool small = model is not null && RecordedModel.Size(model) < SmallModelBytes;
        var replay = new Lazy<RunReplay>(() => RunReplay.Whole(run, model!));
        if (run.Json.GetProperty("initial_values").EnumerateObject().Any()) yield return Case("initial_values", quick: true, _ => RunComparison.InitialValues(run));
        if (run.Json.TryGetProperty("dequantised_sample", out JsonElement sample)) yield return Case("dequantised_sample", quick: true, folder => PackedWeights.Compare(run, folder, sample));
        if (!small) yield return Case("first_steps", quick: true, folder => RunComparison.Curve(run, RunReplay.FirstSteps(run, folder, 1).Steps, whole: false));
        yield return Case("curve", small, _ => RunComparison.Curve(run, replay.Value.Steps, whole: true));
        yield return Case("evaluation", small, _ => RunComparison.Evaluation(run, replay.Value));
        yield return Case("norms_after", small, _ => RunComparison.Norms(run, replay.Value.Norms));
        if (run.Json.TryGetProperty("greedy_before", out _)) yield return Case("greedy", small, _ => RunComparison.Greedy(run, replay.Value));
        if (RunAnswers.Predictions(run) is { } predictions) yield return Case("answers", small, _ => RunComparison.Predictions(predictions, replay.Value));
        if (run.Json.TryGetProperty("rouge_after", out _)) yield return Case("rouge", small, folder => RunRouge.Compare(run, replay.Value, folder));
    }

    private static IEnumerable<string> Entries(string folder, string part, string pattern)
    {
        string path = Path.Combine(folder, part);
        return Directory.Exists(path) ? Directory.GetFileSystemEntries(path, pattern).Order(StringComparer.Ordinal) : [];
    }

    private static IEnumerable<string> Names(JsonElement variants) => variants.EnumerateObject().Select(variant => variant.Name);
}
