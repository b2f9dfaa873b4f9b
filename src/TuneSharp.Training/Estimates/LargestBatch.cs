using TuneSharp.Data;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Estimates;

/// <summary>The micro-batch that decides how much memory a run takes: found in the run's own order of rows.</summary>
public static class LargestBatch
{
    /// <summary>Beyond so many steps the order is not followed; a bound is taken instead.</summary>
    private const int FollowedSteps = 20_000;

    /// <param name="train">The training rows.</param>
    /// <param name="settings">Batch size, seed, epochs.</param>
    /// <returns>Tokens of the largest micro-batch, and the most labelled tokens of any.</returns>
    public static (int Tokens, int Labels) Of(IReadOnlyList<TrainingExample> train, TrainingSettings settings)
    {
        StepPlan plan = StepPlan.Create(train.Count, settings);
        if (plan.TotalSteps > FollowedSteps)
        {
            IEnumerable<int> longest = train.Select(row => row.Length).OrderDescending().Take(settings.PerDeviceTrainBatchSize);
            return (longest.Sum(), train.Select(row => row.NumLabels).OrderDescending().Take(settings.PerDeviceTrainBatchSize).Sum());
        }
        var batches = new MicroBatches(train, plan, settings);
        int tokens = 0, labels = 0;
        for (int step = 0; step < plan.TotalSteps; step++)
        {
            foreach (TrainingExample[] batch in batches.Of(step))
            {
                tokens = Math.Max(tokens, batch.Sum(row => row.Length));
                labels = Math.Max(labels, batch.Sum(row => row.NumLabels));
            }
        }
        return (tokens, labels);
    }
}
