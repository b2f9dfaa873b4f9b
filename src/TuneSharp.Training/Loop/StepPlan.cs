using TuneSharp.Formats;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Loop;

/// <summary>
/// How many micro-batches and optimizer steps a run has; the rule of Hugging Face's Trainer: the last, shorter accumulation
/// of an epoch still makes a step.
/// </summary>
/// <param name="MicroBatchesPerEpoch">Forward and backward passes per epoch.</param>
/// <param name="StepsPerEpoch">Optimizer steps per epoch = ceil(micro-batches / accumulation), at least 1.</param>
/// <param name="TotalSteps">Optimizer steps of the run.</param>
/// <param name="NumEpochs">Epochs that are started.</param>
/// <param name="Accumulation">Micro-batches per optimizer step, but for an epoch's last.</param>
public sealed record StepPlan(int MicroBatchesPerEpoch, int StepsPerEpoch, int TotalSteps, int NumEpochs, int Accumulation)
{
    /// <exception cref="InvalidInputException">There is no batch at all.</exception>
    public static StepPlan Create(int numExamples, int batchSize, int accumulation, double epochs, int maxSteps, bool dropLast)
    {
        int micro = dropLast ? numExamples / batchSize : (numExamples + batchSize - 1) / batchSize;
        if (micro == 0)
            throw new InvalidInputException(numExamples == 0
                ? "There is no training row."
                : $"{numExamples} training rows make no full batch of {batchSize}, and dataloader_drop_last drops the rest.",
                null, numExamples == 0 ? "Add rows to the data." : "Lower per_device_train_batch_size or set dataloader_drop_last to false.");
        int perEpoch = Math.Max(1, (micro + accumulation - 1) / accumulation);
        double total = maxSteps > 0 ? maxSteps : Math.Ceiling(epochs * perEpoch);
        if (total > int.MaxValue) throw new InvalidInputException($"The run would have {total:0} optimizer steps.", "num_train_epochs", "Set fewer epochs.");
        int steps = (int)total;
        int started = maxSteps > 0 ? (steps + perEpoch - 1) / perEpoch : (int)Math.Ceiling(epochs);
        return new StepPlan(micro, perEpoch, steps, started, accumulation);
    }

    public static StepPlan Create(int numExamples, TrainingSettings settings) => Create(numExamples, settings.PerDeviceTrainBatchSize,
        settings.GradientAccumulationSteps, settings.NumTrainEpochs, settings.MaxSteps, settings.DataloaderDropLast);

    /// <summary>Epoch and step within it, both from 0, of the step after <paramref name="completedSteps"/>.</summary>
    public (int Epoch, int StepInEpoch) At(int completedSteps) => Math.DivRem(completedSteps, StepsPerEpoch);

    /// <summary>Epochs gone through after so many completed steps, as Trainer logs it: micro-batches seen / micro-batches per epoch.</summary>
    public double EpochsAfter(int completedSteps)
    {
        (int epoch, int within) = Math.DivRem(completedSteps, StepsPerEpoch);
        return epoch + Math.Min(within * Accumulation, MicroBatchesPerEpoch) / (double)MicroBatchesPerEpoch;
    }

    public bool EndsEpoch(int completedSteps) => completedSteps % StepsPerEpoch == 0;
}
