using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Estimates;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.FineTuning;

/// <summary>What a fine-tuning run will hold in memory, and what helps when that is too much.</summary>
public static class RunMemory
{
    /// <summary>The estimate is trusted to this share: a run that may just fit is let through.</summary>
    private const double Trust = 0.9;

    /// <param name="request">With full paths.</param>
    /// <param name="train">Rendered rows.</param>
    /// <param name="config">Of the model with its head; null: as it lies on the disk.</param>
    public static MemoryEstimate Of(FineTuneRequest request, IReadOnlyList<TrainingExample> train, HfConfig? config = null)
    {
        (torch.ScalarType weights, torch.ScalarType compute) = ModelCatalog.TypesOf(request.Model.ModelNameOrPath!, request.Model);
        (int tokens, int labels, bool varies) = LargestBatch.Of(train, request.Training);
        config ??= ModelCatalog.ReadConfig(request.Model.ModelNameOrPath!);
        return MemoryEstimator.ForTraining(config, request.Method, weights, compute, tokens, request.Training.GradientCheckpointing, labels, varies, OptimizerCatalog.Rule(request.Training), ModelCatalog.PackedBitsOf(request.Model.ModelNameOrPath!, request.Model));
    }

    /// <param name="free">Bytes that the machine can give.</param>
    /// <exception cref="InvalidInputException">It will not fit; names the first change of settings with which it would.</exception>
    public static void Require(FineTuneRequest request, IReadOnlyList<TrainingExample> train, long free, HfConfig? config = null)
    {
        MemoryEstimate estimate = Of(request, train, config);
        if (estimate.Total * Trust <= free) return;
        string? remedy = null;
        foreach ((string setting, FineTuneRequest changed) in Cheaper(request))
        {
            long total = Of(changed, train, config).Total;
            if (total > free) continue;
            remedy = $"With {setting} it would take about {Gigabytes(total)} GB.";
            break;
        }
        throw new InvalidInputException($"The run would take about {Gigabytes(estimate.Total)} GB of memory, and {Gigabytes(free)} GB are free.", null,
            remedy ?? "Take a smaller model or shorter rows (max_length). check_memory: false starts it anyway.");
    }

    /// <summary>Changes that save memory, those that change the result least first.</summary>
    private static IEnumerable<(string Setting, FineTuneRequest Request)> Cheaper(FineTuneRequest request)
    {
        TrainingSettings training = request.Training;
        TrainingSettings recomputed = training with { GradientCheckpointing = true };
        if (!training.GradientCheckpointing) yield return ("gradient_checkpointing: true", request with { Training = recomputed });
        for (int rows = training.PerDeviceTrainBatchSize / 2; rows >= 1; rows /= 2)
        {
            int accumulation = training.GradientAccumulationSteps * (training.PerDeviceTrainBatchSize / rows);
            TrainingSettings smaller = training with { PerDeviceTrainBatchSize = rows, GradientAccumulationSteps = accumulation };
            yield return ($"per_device_train_batch_size: {rows} and gradient_accumulation_steps: {accumulation}", request with { Training = smaller });
        }
        TrainingSettings smallest = recomputed with { PerDeviceTrainBatchSize = 1, GradientAccumulationSteps = training.GradientAccumulationSteps * training.PerDeviceTrainBatchSize };
        yield return ($"gradient_checkpointing: true, per_device_train_batch_size: 1 and gradient_accumulation_steps: {smallest.GradientAccumulationSteps}", request with { Training = smallest });
        if (request.Method.Method == "full") yield return ("method: lora", request with { Method = new MethodSettings() });
        FineTuneRequest narrow = request with { Model = request.Model with { WeightsDtype = "bfloat16" } };
        if (request.Model.WeightsDtype is not ("bfloat16" or "float16") && request.Method.Method != "full") yield return ("weights_dtype: bfloat16", narrow);
        if (request.Model.Quantization == "none" && !GgufFile.IsGguf(request.Model.ModelNameOrPath!) && request.Method.Method != "full")
            yield return ("quantization: nf4", request with { Model = request.Model with { Quantization = "nf4" } });
        yield return ("weights_dtype: bfloat16, method: lora, gradient_checkpointing: true and per_device_train_batch_size: 1", narrow with { Training = smallest, Method = request.Method.Method == "full" ? new MethodSettings() : request.Method });
    }

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
