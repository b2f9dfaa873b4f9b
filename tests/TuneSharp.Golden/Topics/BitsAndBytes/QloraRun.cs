using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>LoRA over a 4-bit base, step by step: losses, gradients of the first steps, the adapter, the logits afterwards.</summary>
internal static class QloraRun
{
    private const double GradientTolerance = 1e-4, AdapterTolerance = 1e-3, LogitTolerance = 1e-3;

    public static GoldenResult Compare(string folder, string path)
    {
        JsonElement run = GoldenFixtures.ReadJson(Path.Combine(path, "run.json"));
        bool narrow = run.GetProperty("compute_dtype").GetString() == "bfloat16", autocast = run.GetProperty("autocast").GetBoolean();
        using SafetensorsFile golden = SafetensorsFile.Open(Path.Combine(path, "run.safetensors")), batches = SafetensorsFile.Open(Path.Combine(folder, "qlora_batches.safetensors"));
        using ICausalLm model = ModelCatalog.Load(Path.Combine(folder, run.GetProperty("base").GetString()!), CheckpointCases.SettingsFor(narrow));
        using ITuningMethod method = PeftCatalog.LoadAdapter(Path.Combine(folder, "qlora_initial_adapter"), model.Tunable);
        PeftCatalog.StartTraining(method, model.Tunable);
        List<GoldenResult> results = [.. Train(model, method, run, batches, golden, narrow, autocast ? 2e-2 : narrow ? 1e-2 : 1e-4)];
        float[] logits = golden.Floats("logits.final");
        results.Add(CheckpointCases.CompareLogits(model, golden, "logits.final", narrow ? 5e-2 * (logits.Max() - logits.Min()) : LogitTolerance, "logits after training"));
        if (!narrow && Directory.Exists(Path.Combine(path, "adapter_final"))) results.AddRange(CompareAdapter(method, Path.Combine(path, "adapter_final")));
        return GoldenResult.All(results);
    }

    private static IEnumerable<GoldenResult> Train(ICausalLm model, ITuningMethod method, JsonElement run, SafetensorsFile batches, SafetensorsFile golden, bool narrow, double lossTolerance)
    {
        JsonElement optimizer = run.GetProperty("optimizer"), betas = optimizer.GetProperty("betas");
        var rule = new AdamRule(betas[0].GetDouble(), betas[1].GetDouble(), optimizer.GetProperty("eps").GetDouble());
        using var adamW = new Optimizer("adamw_torch", rule, [new ParameterGroup(method.Trained, optimizer.GetProperty("weight_decay").GetDouble())]);
        using Workspace workspace = model.CreateWorkspace();
        var step = new TrainStep(new CausalLmObjective(model), method.Trained, adamW, workspace, seed: 0, maxGradNorm: 0);
        int number = 0;
        foreach (JsonElement loss in run.GetProperty("losses").EnumerateArray())
        {
            using var scope = NewDisposeScope();
            StepResult result = step.Run(number, [RecordedRows.Examples(batches, $"step{number}")], optimizer.GetProperty("lr").GetDouble(), () => false)!;
            yield return RecordedRows.Relative(result.Loss, loss.GetDouble(), lossTolerance, $"loss of step {number}");
            if (!narrow) foreach (GoldenResult gradient in Gradients(method, golden, $"grad{number}.")) yield return gradient;
            number++;
        }
    }

    private static IEnumerable<GoldenResult> Gradients(ITuningMethod method, SafetensorsFile golden, string prefix)
    {
        foreach (string key in golden.Tensors.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            Parameter parameter = method.Trained.First(p => p.Name.EndsWith(key[prefix.Length..], StringComparison.Ordinal));
            float[] found = Values(parameter.Grad!, golden.Require(key).Shape), expected = golden.Floats(key);
            yield return GoldenTensors.Close(found, expected, GradientTolerance * Math.Max(1, expected.Max(Math.Abs)), key);
        }
    }

    private static IEnumerable<GoldenResult> CompareAdapter(ITuningMethod method, string folder)
    {
        using AdapterFolder expected = AdapterFolder.Open(folder);
        foreach (TensorToWrite tensor in method.ToAdapter()!.Tensors)
        {
            using var bytes = new MemoryStream();
            tensor.WriteBytes(bytes);
            yield return GoldenTensors.Close(MemoryMarshal.Cast<byte, float>(bytes.ToArray()), expected.Weights.Floats(tensor.Name), AdapterTolerance, $"{tensor.Name} after training");
        }
    }

    /// <summary>In the layout of the file, which may be the transpose.</summary>
    private static float[] Values(Tensor gradient, IReadOnlyList<long> shape) =>
        (gradient.shape.SequenceEqual(shape) ? gradient : gradient.t().contiguous()).data<float>().ToArray();
}
