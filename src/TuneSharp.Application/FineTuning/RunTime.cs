using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Training.Estimates;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.FineTuning;

/// <summary>How long a fine-tuning run will train.</summary>
internal static class RunTime
{
    /// <param name="model">Loaded: the arithmetic of this machine is timed.</param>
    /// <returns>Seconds for all steps.</returns>
    public static double Seconds(FineTuneRequest request, IReadOnlyList<TrainingExample> train, ICausalLm model)
    {
        StepPlan plan = StepPlan.Create(train.Count, request.Training);
        double epochs = plan.EpochsAfter(plan.TotalSteps);
        double tokens = epochs * train.Sum(row => (double)row.Length), labels = epochs * train.Sum(row => (double)row.NumLabels);
        return StepTimeEstimator.Seconds(ModelCatalog.SizesOf(model.Config), request.Method, tokens, labels, epochs * plan.MicroBatchesPerEpoch, request.Training.GradientCheckpointing, model.ComputeType);
    }
}
