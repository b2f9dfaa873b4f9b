using TuneSharp.Data.Preparation;
using TuneSharp.Models;
using TuneSharp.Training.Estimates;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.FineTuning;

/// <summary>How long a fine-tuning run will train.</summary>
internal static class RunTime
{
    /// <param name="model">Loaded: the arithmetic of this machine is timed.</param>
    /// <returns>Seconds for all steps.</returns>
    public static double Seconds(FineTuneRequest request, PreparedDataset data, IModel model)
    {
        StepPlan plan = StepPlan.Create(data.Train.Count, request.Training);
        double epochs = plan.EpochsAfter(plan.TotalSteps);
        return StepTimeEstimator.Seconds(ModelCatalog.SizesOf(model.Config), request.Method, epochs * data.TrainTokens, epochs * data.TrainLabels, epochs * plan.MicroBatchesPerEpoch, request.Training.GradientCheckpointing, model.ComputeType);
    }
}
