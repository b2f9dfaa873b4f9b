using System.Globalization;
using TuneSharp.Application.FineTuning;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.Planning;

/// <param name="Request">The run.</param>
/// <param name="Settings">What the step says beyond the rows' settings.</param>
internal sealed record PlanStep(FineTuneRequest Request, IReadOnlyList<PlannedSetting> Settings);

/// <summary>Ways of training, those that learn best first, those that take least memory last.</summary>
internal static class PlanLadder
{
    /// <summary>Up to so many parameters full tuning is cheap enough to be the first choice.</summary>
    private const long SmallModel = 60_000_000;

    private const int EnoughRowsForFull = 1_000;

    public static IEnumerable<PlanStep> Steps(FineTuneRequest basis, long parameters, PlannedRows rows)
    {
        IEnumerable<Way> ways = Ways(rows);
        if (parameters <= SmallModel && rows.Count >= EnoughRowsForFull) ways = ways.Prepend(Full());
        return ways.SelectMany(way => Batches(way, basis, rows));
    }

    /// <summary>What is trained, and how the weights are kept.</summary>
    private sealed record Way(MethodSettings Method, Func<ModelSettings, ModelSettings> Model, bool Recompute, double LearningRate, IReadOnlyList<PlannedSetting> Settings);

    private static Way Full() => new(new MethodSettings { Method = "full" }, model => model, false, 3e-4,
        [new("method", "full", "The model is small and the rows are many: every weight can learn."), new("learning_rate", "0.0003", "A small model takes larger steps than the 1e-5 of large ones.")]);

    private static IEnumerable<Way> Ways(PlannedRows rows)
    {
        int rank = rows.Count < 300 ? 8 : rows.Count < 10_000 ? 16 : 32;
        var lora = new MethodSettings { Options = new LoraSettings { R = rank, TargetModules = ["all-linear"] } };
        PlannedSetting[] common =
        [
            new("method", "lora", "Learns nearly as much as full tuning, in a small file, with a fraction of the memory."),
            new("r", rank.ToString(CultureInfo.InvariantCulture), $"The rank for {rows.Count} rows: more rows can teach more."),
            new("target_modules", "all-linear", "Adapters beside all products learn better than beside a few, at the same size."),
            new("learning_rate", "0.0002", "The usual rate of LoRA."),
        ];
        PlannedSetting narrow = new("weights_dtype", "bfloat16", "Half the memory of float32 for the frozen weights, at the same result.");
        PlannedSetting recompute = new("gradient_checkpointing", "true", "Blocks are computed again in backward: far less memory, about a quarter slower.");
        PlannedSetting[] packed =
        [
            new("quantization", "nf4", "The frozen weights in 4 bits (QLoRA): a quarter of bfloat16, slower, and a little less exact."),
            new("double_quantization", "true", "The scales of the packed weights in 8 bits."),
        ];
        yield return new Way(lora, model => model, false, 2e-4, common);
        yield return new Way(lora, Narrow, false, 2e-4, [.. common, narrow]);
        yield return new Way(lora, Narrow, true, 2e-4, [.. common, narrow, recompute]);
        yield return new Way(lora, Packed, false, 2e-4, [.. common, .. packed]);
        yield return new Way(lora, Packed, true, 2e-4, [.. common, .. packed, recompute]);
    }

    private static ModelSettings Narrow(ModelSettings model) => model with { WeightsDtype = "bfloat16" };

    private static ModelSettings Packed(ModelSettings model) => model with { WeightsDtype = "bfloat16", Quantization = "nf4", DoubleQuantization = true };

    /// <summary>Fewer rows at once, and more passes for it: the step stays the same.</summary>
    private static IEnumerable<PlanStep> Batches(Way way, FineTuneRequest basis, PlannedRows rows)
    {
        for (int micro = Math.Min(8, rows.RowsPerStep); micro >= 1; micro /= 2)
        {
            int passes = rows.RowsPerStep / micro;
            TrainingSettings training = basis.Training with { LearningRate = way.LearningRate, PerDeviceTrainBatchSize = micro, GradientAccumulationSteps = passes, GradientCheckpointing = way.Recompute, LrSchedulerType = "cosine", WarmupSteps = 0.05 };
            yield return new PlanStep(basis with { Model = way.Model(basis.Model), Method = way.Method, Training = training },
            [
                .. way.Settings,
                new("per_device_train_batch_size", micro.ToString(CultureInfo.InvariantCulture), "So many rows at once fit into the memory."),
                new("gradient_accumulation_steps", passes.ToString(CultureInfo.InvariantCulture), $"Together {rows.RowsPerStep} rows a step, which is steady enough for {rows.Count} rows."),
                new("lr_scheduler_type", "cosine", "Falls slowly at first and ends near 0."),
                new("warmup_steps", "0.05", "The first steps are small, while the optimizer learns its scales."),
            ]);
        }
    }
}
