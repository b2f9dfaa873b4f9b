using System.Text.Json;
using TuneSharp.Data;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Schedules;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>A recorded run of some optimizer steps: every gradient of step 1, learning rate, loss and gradient norm of each.</summary>
/// <param name="run">run.json.</param>
/// <param name="golden">The recorded gradients.</param>
/// <param name="batches">The recorded batches.</param>
internal sealed class MethodRun(CaseModel model, ITuningMethod method, JsonElement run, SafetensorsFile golden, SafetensorsFile batches)
{
    private const double LossTolerance = 1e-5, NormTolerance = 1e-4;

    /// <summary>Recorded names whose gradient is nothing but rounding.</summary>
    public HashSet<string> Noise { get; } = run.TryGetProperty("noise_gradients", out JsonElement noise) ? [.. noise.EnumerateArray().Select(name => name.GetString()!)] : [];

    public TinyGradients Tiny { get; } = new(method);

    /// <param name="prepare">Before each step, with the name of its batch.</param>
    public IEnumerable<GoldenResult> Steps(Action<string>? prepare = null)
    {
        JsonElement hyper = run.GetProperty("hyper"), betas = hyper.GetProperty("betas");
        var adamW = new AdamRule(betas[0].GetDouble(), betas[1].GetDouble(), hyper.GetProperty("eps").GetDouble());
        using var optimizer = new Optimizer("adamw_torch", adamW, [new ParameterGroup(method.Trained, hyper.GetProperty("weight_decay").GetDouble())]);
        using Workspace workspace = model.Model.CreateWorkspace();
        var step = new TrainStep(model.Objective, method.Trained, optimizer, workspace, seed: 0, hyper.GetProperty("max_grad_norm").GetDouble());
        LearningRateSchedule schedule = LearningRateSchedule.Create(hyper.GetProperty("schedule").GetString()!, hyper.GetProperty("lr").GetDouble(), hyper.GetProperty("warmup_steps").GetInt32(), hyper.GetProperty("steps").GetInt32());
        foreach (JsonElement logged in run.GetProperty("log").EnumerateArray())
        {
            int number = logged.GetProperty("step").GetInt32();
            string prefix = $"step{number:00}";
            using var scope = NewDisposeScope();
            prepare?.Invoke(prefix);
            TrainingExample[] rows = model.Examples(batches, prefix);
            double rate = schedule.At(number - 1);
            yield return RecordedRows.Relative(rate, logged.GetProperty("lr").GetDouble(), 1e-12, $"learning rate of step {number}");
            if (number == 1)
            {
                step.Accumulate(0, [rows], () => false);
                foreach (GoldenResult gradient in CompareGradients()) yield return gradient;
            }

            StepResult result = step.Run(number - 1, [rows], rate, () => false)!;
            Tiny.Look();
            yield return RecordedRows.Relative(result.Loss, logged.GetProperty("loss").GetDouble(), LossTolerance, $"loss of step {number}");
            yield return RecordedRows.Relative(result.GradNorm, logged.GetProperty("grad_norm").GetDouble(), NormTolerance, $"gradient norm of step {number}");
        }
    }

    private IEnumerable<GoldenResult> CompareGradients()
    {
        Dictionary<string, string> recorded = golden.Tensors.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal))
            .ToDictionary(key => PeftRecords.Plain(key["grad.".Length..]), key => key);
        yield return GoldenResult.Equal(recorded.Count == method.Trained.Count, $"{method.Trained.Count} trained parameters instead of {recorded.Count}");
        foreach (Parameter parameter in method.Trained)
        {
            // An encoder's parameters have no name in the adapter's file.
            string? key = recorded.GetValueOrDefault(method.StoredNameOf(parameter)) ?? recorded.GetValueOrDefault(parameter.Name);
            if (key is null)
            {
                yield return GoldenResult.Equal(false, $"{parameter.Name} is trained, but has no recorded gradient");
                continue;
            }

            if (Noise.Contains(key["grad.".Length..])) continue;
            float[] found = LoraRecords.Values(method, parameter, parameter.Grad!), expected = golden.Floats(key);
            // 1e-5 absolute plus 1e-4 relative, in units of that.
            double worst = found.Length != expected.Length ? double.PositiveInfinity : found.Zip(expected, (f, e) => Math.Abs(f - e) / (1e-5 + 1e-4 * Math.Abs(e))).Max();
            yield return new GoldenResult(worst <= 1, worst, 1, worst <= 1 ? null : $"gradient of {parameter.Name} at step 1");
        }
    }
}
