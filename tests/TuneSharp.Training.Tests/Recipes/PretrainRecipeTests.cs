using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Recipes;

public class PretrainRecipeTests
{
    [Fact]
    public void Run_RepeatingText_IsLearned_AndTheModelLoads()
    {
        using var run = new TrainRun();
        int[] cycle = [.. Enumerable.Range(0, 33).Select(i => 3 + i % 7)];
        TrainingExample[] blocks = [.. Enumerable.Range(0, 8).Select(i => new TrainingExample(cycle[i..(i + 24)], cycle[i..(i + 24)]))];
        var events = new List<TrainEvent>();
        (Finished finished, ICausalLm model) = PretrainRecipe.Run(new PretrainRequest
        {
            Config = TinyModel.Config,
            Training = new TrainingSettings { LearningRate = 1e-2, MaxSteps = 60, EvalSteps = 30, PerDeviceTrainBatchSize = 4 },
            Train = blocks,
            Validation = blocks[..2],
            CheckpointsFolder = run.Checkpoints,
            ResultFolder = run.Result,
            Report = events.Add,
        });
        using (model)
        {
            finished.BestEvalLoss!.Value.ShouldBeLessThan(0.2);
            using ICausalLm loaded = ModelCatalog.Load(run.Result);
            loaded.Parameters.Count.ShouldBe(model.Parameters.Count);
            events.OfType<StepCompleted>().First().Loss.ShouldBeGreaterThan(2.5);
        }
    }
}
