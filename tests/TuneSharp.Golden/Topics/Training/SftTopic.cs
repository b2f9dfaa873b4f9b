using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Full;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Settings;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// training/sft_real: runs of Hugging Face's Trainer, repeated by the real loop: row order, accumulation, schedule, decay groups,
/// clipping. A run that Trainer resumed from its checkpoint 10 is resumed here too and must be the uninterrupted one bit for bit.
/// </summary>
internal sealed class SftTopic : IGoldenTopic
{
    private const double LossTolerance = 1e-5, NormTolerance = 1e-4, WeightTolerance = 1e-4, LogitTolerance = 1e-4;

    public string Topic => "training/sft_real";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "run.json"))) yield break;
        JsonElement file = GoldenFixtures.ReadJson(Path.Combine(folder, "run.json"));
        foreach (JsonProperty run in file.GetProperty("runs").EnumerateObject())
            yield return new GoldenCase($"run.json/{run.Name}", () => run.Name switch
            {
                "full" or "lora" => RunWhole(folder, file, run.Name),
                _ when run.Name.EndsWith("_resumed", StringComparison.Ordinal) => RunResumed(folder, file, run.Name),
                _ when run.Name.EndsWith("_bf16_autocast", StringComparison.Ordinal) => RunHalf(folder, file, run.Name),
                _ when Unknown(run.Value) is { } argument => GoldenResult.NotBuilt(argument),
                _ => RunOther(folder, file, run.Name),
            });
        foreach (GoldenCase drawn in TorchRandomCases.Find(folder)) yield return drawn;
    }

    public string? SpoilOne(string copy)
    {
        if (!GoldenRun.RunOne(Find(copy).First(found => found.Name == "run.json/lora")).Agreed) return null;
        GoldenTensors.Move(Path.Combine(copy, "golden.safetensors"), "logits_final.lora", 3, (float)(10 * LogitTolerance));
        return "run.json/lora";
    }

    private static GoldenResult RunWhole(string folder, JsonElement file, string name)
    {
        using var work = new WorkFolder();
        using Recorded run = Start(folder, file, name, work.Path, resumeFrom: null);
        List<GoldenResult> results = [.. CompareLog(run.Steps, file.GetProperty("runs").GetProperty(name).GetProperty("log"))];
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        results.Add(RecordedRows.CompareLogits(run.Model, golden, golden.Floats("logits_final." + name), LogitTolerance, "logits after training"));
        string final = name == "full" ? Path.Combine(folder, "full_final.safetensors") : Path.Combine(folder, "lora_final", "adapter_model.safetensors");
        using SafetensorsFile expected = SafetensorsFile.Open(final);
        using SafetensorsFile written = SafetensorsFile.Open(Path.Combine(work.Path, "result", name == "full" ? "model.safetensors" : "adapter_model.safetensors"));
        results.Add(GoldenResult.Equal(written.Tensors.Keys.Order().SequenceEqual(expected.Tensors.Keys.Order()), "other tensors than recorded"));
        results.AddRange(expected.Tensors.Keys.Where(written.Tensors.ContainsKey).Select(key => GoldenTensors.Close(written.Floats(key), expected.Floats(key), WeightTolerance, key + " after training")));
        return GoldenResult.All(results);
    }

    /// <summary>The same run in bfloat16 arithmetic: no further from the recorded one than that was from float32.</summary>
    private static GoldenResult RunHalf(string folder, JsonElement file, string name)
    {
        using var work = new WorkFolder();
        using Recorded run = Start(folder, file, name, work.Path, resumeFrom: null);
        JsonElement recorded = file.GetProperty("runs").GetProperty(name);
        double tolerance = recorded.GetProperty("max_loss_diff_to_fp32").GetDouble();
        JsonElement[] logged = Logged(recorded);
        return GoldenResult.All([GoldenResult.Equal(run.Steps.Count == logged.Length, $"{run.Steps.Count} steps"),
            .. run.Steps.Zip(logged, (step, entry) => RecordedRows.Absolute(step.Loss, entry.GetProperty("loss").GetDouble(), tolerance, $"loss of step {step.Step}"))]);
    }

    /// <summary>A run with arguments of its own, of which the log alone is recorded.</summary>
    private static GoldenResult RunOther(string folder, JsonElement file, string name)
    {
        using var work = new WorkFolder();
        using Recorded run = Start(folder, file, name, work.Path, resumeFrom: null);
        return GoldenResult.All(CompareLog(run.Steps, file.GetProperty("runs").GetProperty(name).GetProperty("log")));
    }

    private static string? Unknown(JsonElement run) => !run.TryGetProperty("arguments", out JsonElement arguments) ? null
        : arguments.EnumerateObject().Select(argument => argument.Name).FirstOrDefault(argument => argument is not ("label_smoothing_factor" or "train_sampling_strategy"));

    private static GoldenResult RunResumed(string folder, JsonElement file, string name)
    {
        string whole = name[..name.IndexOf('_')];
        using var work = new WorkFolder();
        using var workAgain = new WorkFolder();
        using Recorded uninterrupted = Start(folder, file, whole, work.Path, resumeFrom: null);
        int resumeStep = ResumeStep(file);
        string checkpoint = new CheckpointStore(Path.Combine(work.Path, "checkpoints")).PathOf(resumeStep);
        using Recorded resumed = Start(folder, file, whole, workAgain.Path, checkpoint);
        IReadOnlyList<StepCompleted> tail = [.. uninterrupted.Steps.Skip(resumeStep)];
        bool sameLosses = resumed.Steps.Select(s => (s.Step, s.Loss, s.GradNorm)).SequenceEqual(tail.Select(s => (s.Step, s.Loss, s.GradNorm)));
        string weights = whole == "full" ? "model.safetensors" : "adapter_model.safetensors";
        bool sameWeights = File.ReadAllBytes(Path.Combine(work.Path, "result", weights)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(workAgain.Path, "result", weights)));
        return GoldenResult.All(
        [
            GoldenResult.Equal(sameLosses, "losses differ from the uninterrupted run"),
            GoldenResult.Equal(sameWeights, "weights differ from the uninterrupted run"),
            .. CompareLog(resumed.Steps, file.GetProperty("runs").GetProperty(name).GetProperty("log")),
        ]);
    }

    private static Recorded Start(string folder, JsonElement file, string name, string work, string? resumeFrom)
    {
        JsonElement arguments = file.GetProperty("arguments"), run = file.GetProperty("runs").GetProperty(name);
        JsonElement own = run.TryGetProperty("arguments", out JsonElement given) ? given : default;
        bool full = name.Split('_')[0] == "full", half = name.EndsWith("_bf16_autocast", StringComparison.Ordinal);
        ICausalLm model = ModelCatalog.Load(Path.Combine(folder, "..", file.GetProperty("base").GetString()!), new ModelSettings { WeightsDtype = "float32", ComputeDtype = half ? "bfloat16" : "float32" });
        ITuningMethod method = full ? new FullTuning(model.Tunable) : PeftCatalog.LoadAdapter(Path.Combine(folder, "lora_init"), model.Tunable);
        PeftCatalog.StartTraining(method, model.Tunable);
        var settings = new TrainingSettings
        {
            PerDeviceTrainBatchSize = arguments.GetProperty("per_device_train_batch_size").GetInt32(),
            GradientAccumulationSteps = arguments.GetProperty("gradient_accumulation_steps").GetInt32(),
            MaxSteps = Logged(run)[^1].GetProperty("step").GetInt32(),
            LabelSmoothingFactor = own.ValueKind == JsonValueKind.Object && own.TryGetProperty("label_smoothing_factor", out JsonElement smoothing) ? smoothing.GetDouble() : 0,
            TrainSamplingStrategy = own.ValueKind == JsonValueKind.Object && own.TryGetProperty("train_sampling_strategy", out JsonElement strategy) ? Strategy(strategy.GetString()!) : TrainSamplingStrategy.Random,
            LearningRate = arguments.GetProperty("learning_rate").GetDouble(),
            LrSchedulerType = arguments.GetProperty("lr_scheduler_type").GetString()!,
            WarmupSteps = arguments.GetProperty("warmup_steps").GetDouble(),
            MaxGradNorm = arguments.GetProperty("max_grad_norm").GetDouble(),
            WeightDecay = arguments.GetProperty("weight_decay").GetDouble(),
            Seed = arguments.GetProperty("seed").GetInt64(),
            AdamBeta1 = arguments.GetProperty("betas")[0].GetDouble(),
            AdamBeta2 = arguments.GetProperty("betas")[1].GetDouble(),
            AdamEpsilon = arguments.GetProperty("eps").GetDouble(),
            SaveSteps = ResumeStep(file),
            SaveTotalLimit = null,
        };
        var steps = new List<StepCompleted>();
        using var loop = new TrainLoop(new TrainJob
        {
            Objective = new CausalLmObjective(model, new TokenLoss(settings.LabelSmoothingFactor)),
            Method = method,
            Settings = settings,
            ResumeFrom = resumeFrom,
            Train = Rows(folder, file.GetProperty("runs").GetProperty("full").GetProperty("micro"), file.GetProperty("dataset_rows").GetInt32()),
            CheckpointsFolder = Path.Combine(work, "checkpoints"),
            ResultFolder = Path.Combine(work, "result"),
            Report = e => { if (e is StepCompleted step) steps.Add(step); },
        });
        loop.Run();
        return new Recorded(model, method, steps);
    }

    /// <summary>The dataset's rows in their own order, put together from the recorded micro-batches.</summary>
    private static TrainingExample[] Rows(string folder, JsonElement micro, int count)
    {
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(folder, "batches.safetensors"));
        var rows = new TrainingExample[count];
        int number = 0;
        foreach (JsonElement batch in micro.EnumerateArray())
        {
            TrainingExample[] examples = RecordedRows.Examples(batches, $"micro{++number:00}");
            int r = 0;
            foreach (JsonElement index in batch.GetProperty("idx").EnumerateArray()) rows[index.GetInt32()] = examples[r++];
        }

        // Rows that the run never came to.
        for (int i = 0; i < count; i++) rows[i] ??= new TrainingExample([0, 0], [0, 0]);
        return rows;
    }

    /// <summary>The checkpoint that Trainer resumed from: the step before the first that a resumed run logged.</summary>
    private static int ResumeStep(JsonElement file) => file.GetProperty("runs").EnumerateObject()
        .Where(run => run.Name.EndsWith("_resumed", StringComparison.Ordinal))
        .Select(run => run.Value.GetProperty("log")[0].GetProperty("step").GetInt32() - 1).FirstOrDefault(1);

    private static TrainSamplingStrategy Strategy(string name) => name switch
    {
        "random" => TrainSamplingStrategy.Random,
        "sequential" => TrainSamplingStrategy.Sequential,
        "group_by_length" => TrainSamplingStrategy.GroupByLength,
        _ => throw new InvalidDataException(name),
    };

    private static JsonElement[] Logged(JsonElement run) => [.. run.GetProperty("log").EnumerateArray().Where(entry => entry.TryGetProperty("loss", out _))];

    private static IEnumerable<GoldenResult> CompareLog(IReadOnlyList<StepCompleted> steps, JsonElement log)
    {
        JsonElement[] logged = [.. log.EnumerateArray().Where(entry => entry.TryGetProperty("loss", out _))];
        yield return GoldenResult.Equal(steps.Count == logged.Length, $"{steps.Count} steps instead of {logged.Length}");
        foreach ((StepCompleted step, JsonElement entry) in steps.Zip(logged))
        {
            yield return GoldenResult.Equal(step.Step == entry.GetProperty("step").GetInt32(), "step numbers differ");
            yield return RecordedRows.Relative(step.Loss, entry.GetProperty("loss").GetDouble(), LossTolerance, $"loss of step {step.Step}");
            yield return RecordedRows.Relative(step.GradNorm, entry.GetProperty("grad_norm").GetDouble(), NormTolerance, $"gradient norm of step {step.Step}");
            yield return RecordedRows.Relative(step.LearningRate, entry.GetProperty("lr_used").GetDouble(), 1e-12, $"learning rate of step {step.Step}");
            yield return RecordedRows.Relative(step.Epoch, entry.GetProperty("epoch").GetDouble(), 1e-12, $"epoch of step {step.Step}");
        }
    }

    private sealed record Recorded(ICausalLm Model, ITuningMethod Method, IReadOnlyList<StepCompleted> Steps) : IDisposable
    {
        public void Dispose()
        {
            Method.Dispose();
            Model.Dispose();
        }
    }

    private sealed class WorkFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("tunesharp-sft-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
