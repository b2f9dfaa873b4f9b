using TuneSharp.Data;
using TuneSharp.Data.Sampling;
using TuneSharp.Data.Storage;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Loop;

/// <summary>
/// The rows of any optimizer step, as a function of the step alone: an epoch's order depends on seed and epoch only, or is that of the file. There is no
/// cursor to store, and a resumed run sees what the uninterrupted one would have seen.
/// </summary>
internal sealed class MicroBatches(IReadOnlyList<TrainingExample> examples, StepPlan plan, TrainingSettings settings)
{
    private readonly BatchPlan _rows = new(examples.Count, settings.PerDeviceTrainBatchSize, settings.GradientAccumulationSteps, settings.Seed)
    {
        Sequential = settings.DisableShuffling || settings.TrainSamplingStrategy == TrainSamplingStrategy.Sequential,
        Lengths = settings.TrainSamplingStrategy == TrainSamplingStrategy.GroupByLength ? [.. (examples as IRowLengths)?.Lengths ?? examples.Select(example => example.Length)] : null,
    };

    private int _epoch = -1;
    private int[] _order = [];

    /// <summary>The micro-batches of the step after <paramref name="completedSteps"/> completed ones.</summary>
    public IReadOnlyList<TrainingExample[]> Of(int completedSteps) => [.. RowsOf(completedSteps).Select(batch => batch.Select(row => examples[row]).ToArray())];

    /// <summary>The same as numbers of rows: none is read.</summary>
    public IReadOnlyList<int[]> RowsOf(int completedSteps)
    {
        (int epoch, int stepInEpoch) = plan.At(completedSteps);
        if (epoch != _epoch) (_epoch, _order) = (epoch, _rows.Order(epoch));
        IEnumerable<int[]> batches = _rows.MicroBatches(_order, stepInEpoch);
        return [.. settings.DataloaderDropLast ? batches.Where(batch => batch.Length == settings.PerDeviceTrainBatchSize) : batches];
    }
}
