using System.Text.Json;
using TuneSharp.Training.Objectives;
using TuneSharp.Data;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training.Peft;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Full;
using TuneSharp.Peft.Lora;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Schedules;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// training/peft: a method on a tiny base, eight optimizer steps. Compared: logits before and after, every gradient of step 1,
/// loss and gradient norm of each step, trained values, and the adapter's files as PEFT wrote them.
/// </summary>
internal sealed class PeftTopic : IGoldenTopic
{
    private const double LogitTolerance = 1e-4, LossTolerance = 1e-5, NormTolerance = 1e-4, WeightTolerance = 1e-4;

    public string Topic => "training/peft";

    public IEnumerable<GoldenCase> Find(string folder) =>
        from path in Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(path, "run.json"))
        select new GoldenCase(Path.GetFileName(path), () => Run(folder, path));

    public string? SpoilOne(string copy)
    {
        foreach (GoldenCase found in Find(copy))
        {
            if (!GoldenRun.RunOne(found).Agreed) continue;
            GoldenTensors.Move(Path.Combine(copy, found.Name, "golden.safetensors"), "logits_final", 0, (float)(10 * LogitTolerance));
            return found.Name;
        }

        return null;
    }

    private static GoldenResult Run(string topic, string folder)
    {
        JsonElement run = GoldenFixtures.ReadJson(Path.Combine(folder, "run.json"));
        if (File.Exists(Path.Combine(folder, "quantized_base.safetensors"))) return GoldenResult.NotBuilt("training over a quantised base");
        using ICausalLm model = ModelCatalog.Load(Path.Combine(topic, run.GetProperty("base").GetString()!));
        using ITuningMethod? method = Method(folder, run, model);
        if (method is null) return GoldenResult.NotBuilt("training a part of the model's parameters");
        PeftCatalog.StartTraining(method, model.Tunable);

        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        JsonElement hyper = run.GetProperty("hyper");
        // "batches/qwen2.safetensors step01..step08"
        using SafetensorsFile batches = SafetensorsFile.Open(Path.Combine(topic, hyper.GetProperty("batches").GetString()!.Split(' ')[0]));
        HashSet<string> noise = [.. run.GetProperty("noise_gradients").EnumerateArray().Select(name => name.GetString()!)];
        var results = new List<GoldenResult> { RecordedRows.CompareLogits(model, batches, golden.Floats("logits_init"), LogitTolerance, "logits before training") };
        results.AddRange(LoraRecords.CompareStart(method, golden, model.Tunable));
        var tiny = new TinyGradients(method);
        results.AddRange(Train(model, method, folder, run, hyper, batches, golden, noise, tiny));
        results.Add(RecordedRows.CompareLogits(model, batches, golden.Floats("logits_final"), LogitTolerance, "logits after training"));
        results.AddRange(CompareValues(method, folder, noise, tiny));
        results.AddRange(LoraRecords.CompareConverted(method, folder));
        results.AddRange(MergedRecords.Compare(model, method, run, golden, (expected, what) => RecordedRows.CompareLogits(model, batches, expected, LogitTolerance, what)));
        method.Dispose();
        if (Directory.Exists(Path.Combine(folder, "adapter_final"))) results.Add(WriteAgain(folder, model));
        return GoldenResult.All(results);
    }

    /// <summary>An adapter as it was before training, or everything; null for a part that no method trains yet.</summary>
    private static ITuningMethod? Method(string folder, JsonElement run, ICausalLm model)
    {
        string adapter = Path.Combine(folder, "adapter_init");
        if (Directory.Exists(adapter)) return PeftCatalog.LoadAdapter(adapter, model.Tunable);
        var trained = run.GetProperty("trainable").GetProperty("names").EnumerateObject().Select(entry => entry.Name).ToHashSet();
        return trained.SetEquals(model.Parameters.Select(p => p.Name)) ? new FullTuning(model.Tunable) : null;
    }

    private static IEnumerable<GoldenResult> Train(ICausalLm model, ITuningMethod method, string folder, JsonElement run, JsonElement hyper, SafetensorsFile batches, SafetensorsFile golden, HashSet<string> noise, TinyGradients tiny)
    {
        JsonElement betas = hyper.GetProperty("betas");
        var adamW = new AdamRule(betas[0].GetDouble(), betas[1].GetDouble(), hyper.GetProperty("eps").GetDouble());
        using var optimizer = new Optimizer("adamw_torch", adamW, [new ParameterGroup(method.Trained, hyper.GetProperty("weight_decay").GetDouble())]);
        using Workspace workspace = model.CreateWorkspace();
        var step = new TrainStep(new CausalLmObjective(model), method.Trained, optimizer, workspace, seed: 0, hyper.GetProperty("max_grad_norm").GetDouble());
        LearningRateSchedule schedule = LearningRateSchedule.Create(hyper.GetProperty("schedule").GetString()!, hyper.GetProperty("lr").GetDouble(), hyper.GetProperty("warmup_steps").GetInt32(), hyper.GetProperty("steps").GetInt32());
        using SafetensorsFile? masks = File.Exists(Path.Combine(folder, "dropout_masks.safetensors")) ? SafetensorsFile.Open(Path.Combine(folder, "dropout_masks.safetensors")) : null;
        foreach (JsonElement logged in run.GetProperty("log").EnumerateArray())
        {
            int number = logged.GetProperty("step").GetInt32();
            string prefix = $"step{number:00}";
            using var scope = NewDisposeScope();
            if (masks is not null) LoraRecords.UseMasks((LoraMethod)method, masks, batches, prefix);
            TrainingExample[] rows = RecordedRows.Examples(batches, prefix);
            double rate = schedule.At(number - 1);
            yield return RecordedRows.Relative(rate, logged.GetProperty("lr").GetDouble(), 1e-12, $"learning rate of step {number}");
            if (number == 1)
            {
                step.Accumulate(0, [rows], () => false);
                foreach (GoldenResult gradient in CompareGradients(method, golden, noise)) yield return gradient;
            }

            StepResult result = step.Run(number - 1, [rows], rate, () => false)!;
            tiny.Look();
            yield return RecordedRows.Relative(result.Loss, logged.GetProperty("loss").GetDouble(), LossTolerance, $"loss of step {number}");
            yield return RecordedRows.Relative(result.GradNorm, logged.GetProperty("grad_norm").GetDouble(), NormTolerance, $"gradient norm of step {number}");
        }
    }

    private static IEnumerable<GoldenResult> CompareGradients(ITuningMethod method, SafetensorsFile golden, HashSet<string> noise)
    {
        Dictionary<string, string> recorded = golden.Tensors.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal))
            .ToDictionary(key => Plain(key["grad.".Length..]), key => key);
        yield return GoldenResult.Equal(recorded.Count == method.Trained.Count, $"{method.Trained.Count} trained parameters instead of {recorded.Count}");
        foreach (Parameter parameter in method.Trained)
        {
            if (!recorded.TryGetValue(StoredName(method, parameter), out string? key))
            {
                yield return GoldenResult.Equal(false, $"{parameter.Name} is trained, but has no recorded gradient");
                continue;
            }

            if (noise.Contains(key["grad.".Length..])) continue;
            float[] found = Values(method, parameter, parameter.Grad!), expected = golden.Floats(key);
            // 1e-5 absolute plus 1e-4 relative, in units of that.
            double worst = found.Length != expected.Length ? double.PositiveInfinity : found.Zip(expected, (f, e) => Math.Abs(f - e) / (1e-5 + 1e-4 * Math.Abs(e))).Max();
            yield return new GoldenResult(worst <= 1, worst, 1, worst <= 1 ? null : $"gradient of {parameter.Name} at step 1");
        }
    }

    private static IEnumerable<GoldenResult> CompareValues(ITuningMethod method, string folder, HashSet<string> noise, TinyGradients tiny)
    {
        HashSet<string> plainNoise = [.. noise.Select(Plain)];
        if (method.ToAdapter() is { } written)
        {
            using AdapterFolder expected = AdapterFolder.Open(Path.Combine(folder, "adapter_final"));
            yield return GoldenResult.Equal(PeftRecords.SameConfig(written.Config, expected.Config), "adapter_config.json differs: " + written.Config.ToJsonString());
            string[] names = PeftRecords.Layout(written.Tensors), recorded = PeftRecords.Layout(expected.Weights);
            yield return GoldenResult.Equal(names.SequenceEqual(recorded), "tensor names or shapes differ: " + string.Join("; ", names.Except(recorded)));
            foreach (TensorToWrite tensor in written.Tensors)
            {
                if (plainNoise.Contains(tensor.Name) || !expected.Weights.Tensors.ContainsKey(tensor.Name)) continue;
                float[] values = PeftRecords.Floats(tensor), wanted = expected.Weights.Floats(tensor.Name);
                // Without a parameter: a copy under a second name, or a matrix of the base.
                if (method.Trained.FirstOrDefault(p => StoredName(method, p) == tensor.Name) is not { } parameter) yield return GoldenTensors.Close(values, wanted, WeightTolerance, $"{tensor.Name} after training");
                else yield return GoldenTensors.Close(tiny.Except(Values(method, parameter, tiny.Of(parameter)), values), tiny.Except(Values(method, parameter, tiny.Of(parameter)), wanted), WeightTolerance, $"{tensor.Name} after training");
            }

            yield break;
        }

        using SafetensorsFile final = SafetensorsFile.Open(Path.Combine(folder, "trainable_final.safetensors"));
        foreach (Parameter parameter in method.Trained.Where(p => !plainNoise.Contains(p.Name)))
        {
            float[] seen = tiny.Of(parameter).data<float>().ToArray();
            yield return GoldenTensors.Close(tiny.Except(seen, parameter.Value.data<float>().ToArray()), tiny.Except(seen, final.Floats(parameter.Name)), WeightTolerance, $"{parameter.Name} after training");
        }
    }

    /// <summary>A recorded adapter, read and written: the weights' file must come out byte for byte.</summary>
    private static GoldenResult WriteAgain(string folder, ICausalLm model)
    {
        string again = Directory.CreateTempSubdirectory("tunesharp-adapter-").FullName;
        try
        {
            using ITuningMethod method = PeftCatalog.LoadAdapter(Path.Combine(folder, "adapter_final"), model.Tunable);
            AdapterContents contents = method.ToAdapter()!;
            AdapterFolder.Write(again, contents.Config, contents.Tensors);
            byte[] written = File.ReadAllBytes(Path.Combine(again, AdapterFolder.WeightsFile)), recorded = File.ReadAllBytes(Path.Combine(folder, "adapter_final", AdapterFolder.WeightsFile));
            return GoldenResult.Equal(written.AsSpan().SequenceEqual(recorded), "adapter_model.safetensors is not written as PEFT writes it");
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }
    }

    private static string Plain(string name) => PeftRecords.Plain(name);

    /// <summary>The name that the parameter has in the recorded files.</summary>
    private static string StoredName(ITuningMethod method, Parameter parameter) => method.StoredNameOf(parameter);

    private static float[] Values(ITuningMethod method, Parameter parameter, Tensor tensor) => LoraRecords.Values(method, parameter, tensor);
}
