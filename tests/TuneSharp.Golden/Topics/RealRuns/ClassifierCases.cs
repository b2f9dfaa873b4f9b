using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>The variants of a recorded classification run, repeated and compared with the tolerances of the recording's README.</summary>
internal static class ClassifierCases
{
    private const int FirstSteps = 3;
    private const double EvalTolerance = 1e-3, ShareTolerance = 0.006, LogitTolerance = 1e-3;

    public static IEnumerable<GoldenCase> Of(RecordedRun run, string name, string variant)
    {
        RecordedClassifierRun recorded = RecordedClassifierRun.Of(run, variant);
        if (recorded.Unknown() is { } unknown)
        {
            yield return new GoldenCase($"{name}/{variant}", () => GoldenResult.NotBuilt(unknown));
            yield break;
        }

        bool formula = recorded.FormulaConfig is not null;
        string? model = formula ? null : RecordedModel.Find(run.ModelName.TrimEnd(',').ToLowerInvariant(), run.Folder);
        GoldenCase Case(string part, bool quick, Func<GoldenResult> compare) => new($"{name}/{variant}/{part}", () => model is null && !formula
            ? GoldenResult.Equal(false, $"The model {run.ModelName} is not here; name its folder's folder in TUNESHARP_MODELS.") : compare())
        { Quick = quick };

        var replay = new Lazy<ClassifierReplay>(() => ClassifierReplay.Whole(recorded, model));
        if (!formula) yield return Case("initial_values", quick: true, () => InitialValues(recorded));
        yield return Case("first_steps", quick: true, () => Curve(recorded, ClassifierReplay.FirstSteps(recorded, model, FirstSteps), whole: false));
        yield return Case("curve", quick: false, () => Curve(recorded, replay.Value, whole: true));
        yield return Case("evaluation", quick: false, () => GoldenResult.All([Evaluation(replay.Value.EvalBefore!, recorded.Json.GetProperty("eval_before"), "before"), Evaluation(replay.Value.EvalAfter!, recorded.Json.GetProperty("eval_after"), "after")]));
        yield return Case("norms_after", quick: false, () => Norms(recorded.Json.GetProperty("norms_after"), replay.Value.Norms));
    }

    /// <summary>adapters/RUN_VARIANT: the adapter that the recorded run ended with gives, on the base, what the run recorded.</summary>
    public static GoldenCase OfAdapter(string folder, string adapter)
    {
        string name = Path.GetFileName(adapter);
        int cut = Math.Max(0, name.LastIndexOf('_'));
        string path = Path.Combine(folder, "runs", name[..cut] + ".json");
        if (!File.Exists(path)) return new GoldenCase($"adapters/{name}", () => GoldenResult.Equal(false, "No run of this name was recorded."));
        RecordedRun run = RecordedRun.Read(path);
        RecordedClassifierRun recorded = RecordedClassifierRun.Of(run, name[(cut + 1)..]);
        return new GoldenCase($"adapters/{name}", () =>
        {
            if (RecordedModel.Find(run.ModelName.TrimEnd(',').ToLowerInvariant(), run.Folder) is not { } model) return GoldenResult.Equal(false, $"The model {run.ModelName} is not here.");
            ClassifierReplay replay = ClassifierReplay.WithAdapter(recorded, model, adapter);
            return GoldenResult.All([Evaluation(replay.EvalAfter!, recorded.Json.GetProperty("eval_after"), "with the adapter"), Norms(recorded.Json.GetProperty("norms_after"), replay.Norms)]);
        })
        { Quick = false };
    }

    /// <summary>
    /// All by the recording's tolerance but the biases of keys: they move every score of a query alike, which softmax does not see, so
    /// their gradient is nothing but rounding, and Adam's steps along it are too. Both must stay near where they began.
    /// </summary>
    private static GoldenResult Norms(JsonElement recorded, IReadOnlyDictionary<string, double> norms)
    {
        const double RoundingSteps = 1e-3;
        Dictionary<string, double> compared = new(norms);
        var results = new List<GoldenResult>();
        foreach (JsonProperty tensor in recorded.EnumerateObject().Where(tensor => tensor.Name.EndsWith(".key.bias", StringComparison.Ordinal) && norms.ContainsKey(tensor.Name)))
        {
            results.Add(RecordedRows.Absolute(norms[tensor.Name], tensor.Value.GetDouble(), RoundingSteps, tensor.Name));
            compared[tensor.Name] = tensor.Value.GetDouble();
        }
        return GoldenResult.All([RunComparison.Norms(recorded, compared), .. results]);
    }

    private static GoldenResult InitialValues(RecordedClassifierRun run) => GoldenResult.All(run.Json.GetProperty("initial_values").EnumerateObject().SelectMany(tensor =>
    {
        long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        double bound = tensor.Name.EndsWith("lora_A.weight", StringComparison.Ordinal) ? 1 / Math.Sqrt(shape[^1]) : 0.02 * Math.Sqrt(3);
        float[] values = FormulaValues.Of(tensor.Name, run.Run.Seed, bound, shape.Aggregate((a, b) => a * b));
        float[] first = [.. tensor.Value.GetProperty("first").EnumerateArray().Select(value => value.GetSingle())];
        return (GoldenResult[])[GoldenTensors.Close(values.AsSpan(0, first.Length), first, 0, tensor.Name), RecordedRows.Absolute(values.Sum(v => (double)v), tensor.Value.GetProperty("sum").GetDouble(), 1e-6, tensor.Name + ": sum")];
    }));

    private static GoldenResult Curve(RecordedClassifierRun run, ClassifierReplay replay, bool whole)
    {
        JsonElement train = run.Json.GetProperty("train");
        return RunComparison.Curve(RunComparison.Numbers(train.GetProperty("loss")), RunComparison.Numbers(train.GetProperty("grad_norm")), RunComparison.Numbers(train.GetProperty("lr")), replay.Steps, whole);
    }

    private static GoldenResult Evaluation(ClassifierEvaluation found, JsonElement expected, string when)
    {
        double[][] logits = [.. expected.GetProperty("logits_of_first_rows").EnumerateArray().Select(RunComparison.Numbers)];
        return GoldenResult.All(
        [
            RecordedRows.Absolute(found["loss"], expected.GetProperty("loss").GetDouble(), EvalTolerance, $"loss {when}"),
            RecordedRows.Absolute(found["accuracy"], expected.GetProperty("accuracy").GetDouble(), ShareTolerance, $"accuracy {when}"),
            RecordedRows.Absolute(found["f1"], expected.GetProperty("macro_f1").GetDouble(), ShareTolerance, $"macro-F1 {when}"),
            // Untrained, both are the same model: its numbers agree one by one.
            .. when != "before" ? [] : logits.SelectMany((row, i) => row.Select((logit, j) => RecordedRows.Absolute(found.Logits[i][j], logit, LogitTolerance, $"logit {j} of row {i} {when}"))),
        ]);
    }
}
