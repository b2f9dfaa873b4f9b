using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Recipes;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Recipes;

public sealed class ClassificationRecipeTests : IDisposable
{
    private static readonly TrainingSettings s_settings = new() { LearningRate = 2e-2, MaxSteps = 60, PerDeviceTrainBatchSize = 8, EvalSteps = 20, SaveSteps = 0, Seed = 3 };

    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-classes-").FullName;
    private readonly List<TrainEvent> _events = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ProblemType.SingleLabelClassification, 3)]
    [InlineData(ProblemType.MultiLabelClassification, 3)]
    [InlineData(ProblemType.Regression, 1)]
    public void Run_LearnsRows_AndMeasuresThem(ProblemType problem, int labels)
    {
        Run(problem, labels, s_settings);
        EvalCompleted last = _events.OfType<EvalCompleted>().Last();
        last.Metrics!["right"].ShouldBeGreaterThan(0.9, $"loss {last.Loss}");
        last.NumLabelledTokens.ShouldBe(16, "rows count, not tokens");
        double first = _events.OfType<StepCompleted>().First().Loss;
        _events.OfType<StepCompleted>().Last().Loss.ShouldBeLessThan(0.5 * first);
        if (problem == ProblemType.SingleLabelClassification) first.ShouldBe(Math.Log(3), 0.7);
    }

    [Fact]
    public void Best_IsTheOneByTheMetric_AndStoppingGoesByIt()
    {
        // The metric says that the first evaluation was the best, whatever the loss does.
        Finished finished = Run(ProblemType.SingleLabelClassification, 3, s_settings with { MetricForBestModel = "eval_falling", EarlyStoppingPatience = 2, EvalSteps = 5 });
        (finished.Reason, finished.Step, finished.ResultStep, finished.BestStep).ShouldBe((StopReason.EarlyStopped, 15, 5, (int?)5));
        finished.BestEvalLoss.ShouldBe(_events.OfType<EvalCompleted>().First().Loss);
        TrainerState.Read(Path.Combine(_folder, "checkpoints", "step-000015")).BestMetric.ShouldBe(-1);
        _events.Clear();
        finished = Run(ProblemType.SingleLabelClassification, 3, s_settings with { MetricForBestModel = "falling", GreaterIsBetter = false, EvalSteps = 5, MaxSteps = 15 });
        finished.ResultStep.ShouldBe(15);
    }

    [Fact]
    public void Resumed_IsBitIdentical()
    {
        Run(ProblemType.SingleLabelClassification, 3, s_settings with { MaxSteps = 12, EvalSteps = 4 }, folder: "whole");
        double[] whole = [.. _events.OfType<StepCompleted>().Select(step => step.Loss)];
        EvalCompleted evaluated = _events.OfType<EvalCompleted>().Last();
        _events.Clear();
        int polls = 0;
        Run(ProblemType.SingleLabelClassification, 3, s_settings with { MaxSteps = 12, EvalSteps = 4 }, folder: "parts", poll: () => ++polls > 9 ? RunRequest.Pause : RunRequest.None);
        Run(ProblemType.SingleLabelClassification, 3, s_settings with { MaxSteps = 12, EvalSteps = 4 }, folder: "parts", resume: true);
        _events.OfType<StepCompleted>().Select(step => step.Loss).ShouldBe(whole);
        _events.OfType<EvalCompleted>().Last().Metrics.ShouldBe(evaluated.Metrics);
        File.ReadAllBytes(Path.Combine(_folder, "parts", "result", "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(_folder, "whole", "result", "model.safetensors")));
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        Should.Throw<InvalidInputException>(() => Run(ProblemType.SingleLabelClassification, 3, s_settings with { MetricForBestModel = "f2" })).Message.ShouldContain("Give one of loss, right, falling");
        Should.Throw<InvalidInputException>(() => Run(ProblemType.MultiLabelClassification, 3, s_settings with { LabelSmoothingFactor = 0.1 })).Message.ShouldContain("label_smoothing_factor");
        Should.Throw<InvalidInputException>(() => Run(ProblemType.SingleLabelClassification, 3, s_settings with { FocalGamma = 2 })).Message.ShouldContain("focal_gamma");
        Should.Throw<InvalidInputException>(() => Run(ProblemType.SingleLabelClassification, 2, s_settings, rowLabels: 3)).Message.ShouldContain("outside the head of 2 outputs");
        Should.Throw<InvalidInputException>(() => Run(ProblemType.MultiLabelClassification, 2, s_settings, rowLabels: 3)).Message.ShouldContain("outside the head");
    }

    private Finished Run(ProblemType problem, int labels, TrainingSettings settings, int? rowLabels = null, string folder = "", Func<RunRequest>? poll = null, bool resume = false)
    {
        using var model = new TinyClassifier(problem, labels);
        string checkpoints = Path.Combine(_folder, folder, "checkpoints");
        int evaluations = _events.OfType<EvalCompleted>().Count();
        SftOutcome outcome = ClassificationRecipe.Run(new ClassificationRequest
        {
            Model = model,
            Method = new MethodSettings { Method = "full" },
            Training = settings,
            Train = TinyClassifier.Rows(64, problem, rowLabels ?? labels),
            Validation = TinyClassifier.Rows(16, problem, rowLabels ?? labels, seed: 5),
            MetricNames = ["right", "falling"],
            Metrics = (logits, targets) => new Dictionary<string, double> { ["right"] = Right(problem, logits, targets), ["falling"] = -++evaluations },
            CheckpointsFolder = checkpoints,
            ResultFolder = Path.Combine(_folder, folder, "result"),
            ResumeFrom = resume ? CheckpointStore.Latest(checkpoints) : null,
            Report = _events.Add,
            Poll = poll ?? (() => RunRequest.None),
        });
        outcome.Method.Dispose();
        return outcome.Finished;
    }

    private static double Right(ProblemType problem, IReadOnlyList<float[]> logits, IReadOnlyList<float[]> targets) => logits.Zip(targets, (row, target) => problem switch
    {
        ProblemType.SingleLabelClassification => Array.IndexOf(row, row.Max()) == (int)target[0],
        ProblemType.MultiLabelClassification => row.Select(logit => logit > 0 ? 1f : 0).SequenceEqual(target),
        _ => Math.Abs(row[0] - target[0]) < 0.3,
    }).Average(right => right ? 1.0 : 0);
}
