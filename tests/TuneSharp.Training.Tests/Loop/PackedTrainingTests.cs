using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Data.Packing;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

/// <summary>Packing changes which documents lie side by side and nothing else.</summary>
public sealed class PackedTrainingTests
{
    private static readonly TrainingExample[] Documents = [.. Enumerable.Range(0, 12).Select(i =>
    {
        int[] ids = [.. Enumerable.Range(0, 2 + i * 5 % 11).Select(t => (i * 7 + t * 3) % TinyModel.Vocabulary)];
        return new TrainingExample(ids, [.. ids.Select((id, t) => t % 3 == 0 ? TrainingExample.Ignored : id)]);
    })];

    [Theory]
    [InlineData(PackingStrategy.Bfd)]
    [InlineData(PackingStrategy.Knapsack)]
    public void PackedBatch_HasTheLossAndGradientsOfTheSameRowsUnpacked(PackingStrategy strategy)
    {
        var packed = new PackedExamples(Documents, PackedLayout.Of([.. Documents.Select(d => d.Length)], 20, strategy));
        packed.Count.ShouldBeLessThan(Documents.Length);
        (double unpackedLoss, double[] unpacked) = Gradients([Documents]);
        (double loss, double[] gradients) = Gradients([[.. packed]]);
        loss.ShouldBe(unpackedLoss, 1e-12);
        Distance(gradients, unpacked).ShouldBeLessThan(1e-12);

        // In two micro-batches as well: the divisor is that of the step.
        (double split, double[] splitGradients) = Gradients([[.. packed.Take(2)], [.. packed.Skip(2)]]);
        split.ShouldBe(unpackedLoss, 1e-12);
        Distance(splitGradients, unpacked).ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void RowsWithoutBorders_HaveAnotherLoss()
    {
        // The test above could not fail if the documents did not matter to one another.
        TrainingExample[] joined = [new([.. Documents.SelectMany(d => d.InputIds)], [.. Documents.SelectMany(d => d.Labels.Select((l, t) => t == 0 ? TrainingExample.Ignored : l))])];
        joined[0].NumLabels.ShouldBe(Documents.Sum(d => d.NumLabels));
        Math.Abs(Gradients([joined]).Loss - Gradients([Documents]).Loss).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void PackedRun_GoesThroughTheLoop()
    {
        TrainingExample[] rows = TinyModel.Rows(40);
        var packed = new PackedExamples(rows, PackedLayout.Of([.. rows.Select(r => r.Length)], 24, PackingStrategy.Bfd));
        using var run = new TrainRun();
        Finished finished = run.Run(TrainRun.Lora, new TrainingSettings { MaxSteps = 4, PerDeviceTrainBatchSize = 2, LearningRate = 1e-2 }, [.. packed], rows[..8]);
        finished.Step.ShouldBe(4);
        run.Steps.Last().Loss.ShouldBeLessThan(run.Steps.First().Loss);
    }

    private static (double Loss, double[] Gradients) Gradients(IReadOnlyList<TrainingExample[]> batches)
    {
        using ICausalLm model = TinyModel.Create();
        using var workspace = new Workspace(torch.ScalarType.Float64);
        foreach (Parameter parameter in model.Parameters) parameter.Trained = true;
        using IOptimizer optimizer = OptimizerCatalog.Create(new TrainingSettings(), model.Parameters);
        double loss = new TrainStep(new CausalLmObjective(model), model.Parameters, optimizer, workspace, seed: 1, maxGradNorm: 0).Accumulate(0, batches, () => false)!.Value;
        using DisposeScope scope = torch.NewDisposeScope();
        return (loss, [.. model.Parameters.SelectMany(p => p.Grad!.to(torch.ScalarType.Float64).contiguous().data<double>().ToArray())]);
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / b.Sum(y => y * y));
}
