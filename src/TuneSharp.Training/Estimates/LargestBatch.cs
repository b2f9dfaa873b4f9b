using TuneSharp.Data;
using TuneSharp.Data.Storage;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Estimates;

/// <summary>The micro-batch that decides how much memory a run takes: found in the run's own order of rows.</summary>
public static class LargestBatch
{
    /// <summary>Beyond so many steps the order is not followed; a bound is taken instead.</summary>
    private const int FollowedSteps = 100_000;

    /// <summary>Micro-batches of at least this share of the largest use the same blocks of memory, or nearly.</summary>
    private const double SimilarShare = 0.9;

    /// <param name="train">The training rows; only those of that batch are read if they know their lengths.</param>
    /// <param name="settings">Batch size, seed, epochs.</param>
    /// <returns>Tokens of the largest micro-batch, how many of them are labelled, and whether others are much smaller.</returns>
    public static (int Tokens, int Labels, bool Varies) Of(IReadOnlyList<TrainingExample> train, TrainingSettings settings)
    {
        int[] lengths = [.. (train as IRowLengths)?.Lengths ?? train.Select(row => row.Length)];
        StepPlan plan = StepPlan.Create(train.Count, settings);
        int[] largest = [];
        int fewest = int.MaxValue;
        if (plan.TotalSteps > FollowedSteps) largest = [.. Enumerable.Range(0, train.Count).OrderByDescending(row => lengths[row]).Take(settings.PerDeviceTrainBatchSize)];
        else
        {
            var batches = new MicroBatches(train, plan, settings);
            int most = -1;
            for (int step = 0; step < plan.TotalSteps; step++)
            {
                foreach (int[] rows in batches.RowsOf(step))
                {
                    int tokens = rows.Sum(row => lengths[row]);
                    if (tokens > most) (most, largest) = (tokens, rows);
                    fewest = Math.Min(fewest, tokens);
                }
            }
        }
        int sum = largest.Sum(row => lengths[row]);
        return (sum, largest.Sum(row => train[row].NumLabels), plan.TotalSteps > FollowedSteps || fewest < SimilarShare * sum);
    }
}
