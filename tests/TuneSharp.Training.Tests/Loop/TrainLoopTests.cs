using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

public class TrainLoopTests
{
    private static readonly TrainingSettings Fast = new()
    {
        LearningRate = 1e-2,
        NumTrainEpochs = 1,
        PerDeviceTrainBatchSize = 4,
        EvalSteps = 0,
        SaveSteps = 0,
        MaxSteps = 20,
    };

    [Fact]
    public void Run_AHandfulOfRows_IsLearnedByHeart()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Full, Fast with { MaxSteps = 60 }, TinyModel.Rows(4));
        run.Steps.First().Loss.ShouldBeGreaterThan(2);
        run.Steps.Last().Loss.ShouldBeLessThan(0.05);
    }

    [Fact]
    public void Run_AnswersThatFollow_Generalise_ShuffledOnesDoNot()
    {
        double Validation(bool shuffled)
        {
            using var run = new TrainRun();
            run.Run(TrainRun.Full, Fast with { MaxSteps = 120, EvalSteps = 120, PerDeviceTrainBatchSize = 16 },
                TinyModel.Rows(200, seed: 1, shuffled), TinyModel.Rows(40, seed: 2));
            return run.Events.OfType<EvalCompleted>().Last().Loss;
        }

        // Two labels a row: the answer, one of eight, and the end, which is always the same. Chance is ln(8) / 2 = 1.04.
        Validation(shuffled: false).ShouldBeLessThan(0.3);
        Validation(shuffled: true).ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public void Step_HoweverItIsSplitIntoMicroBatches_IsTheSame()
    {
        StepCompleted[] Steps(int batch, int accumulation)
        {
            using var run = new TrainRun();
            run.Run(TrainRun.With(lora => lora with { LoraDropout = 0 }), Fast with { PerDeviceTrainBatchSize = batch, GradientAccumulationSteps = accumulation, MaxSteps = 6 }, TinyModel.Rows(24));
            return [.. run.Steps];
        }

        StepCompleted[] whole = Steps(8, 1);
        foreach ((int batch, int accumulation) in ((int, int)[])[(4, 2), (2, 4), (1, 8)])
            foreach ((StepCompleted a, StepCompleted b) in whole.Zip(Steps(batch, accumulation)))
            {
                b.Loss.ShouldBe(a.Loss, 1e-6 * a.Loss);
                b.GradNorm.ShouldBe(a.GradNorm, 1e-5 * a.GradNorm);
            }
    }

    [Fact]
    public void Run_SameSeedTwice_IsBitIdentical_OtherSeedIsNot()
    {
        byte[] Result(long seed)
        {
            using var run = new TrainRun();
            run.Run(TrainRun.Lora, Fast with { Seed = seed }, TinyModel.Rows(24));
            return File.ReadAllBytes(Path.Combine(run.Result, "adapter_model.safetensors"));
        }

        byte[] first = Result(1);
        Result(1).ShouldBe(first);
        Result(2).ShouldNotBe(first);
    }

    [Fact]
    public void GradientCheckpointing_WithDropout_IsBitIdentical()
    {
        byte[] Result(bool recompute)
        {
            using var run = new TrainRun();
            run.Run(TrainRun.With(lora => lora with { LoraDropout = 0.5 }), Fast with { GradientCheckpointing = recompute, MaxSteps = 5 }, TinyModel.Rows(24));
            return File.ReadAllBytes(Path.Combine(run.Result, "adapter_model.safetensors"));
        }

        Result(recompute: true).ShouldBe(Result(recompute: false));
    }

    [Fact]
    public void Run_Events_TellTheWholeStory()
    {
        using var run = new TrainRun();
        Finished finished = run.Run(TrainRun.Lora, Fast with { MaxSteps = -1, NumTrainEpochs = 2, EvalSteps = null, SaveSteps = null, LoggingSteps = 2 }, TinyModel.Rows(16), TinyModel.Rows(6, seed: 3));
        Started started = run.Events.OfType<Started>().Single();
        (started.TotalSteps, started.NumEpochs, started.NumTrainExamples, started.NumEvalExamples, started.ResumedAtStep).ShouldBe((8, 2, 16, 6, 0));
        started.NumTrainedParameters.ShouldBe(2 * 4 * (16 + 16 + 16 + 8 + 24 + 16));
        started.NumParameters.ShouldBeGreaterThan(started.NumTrainedParameters);
        run.Steps.Select(step => step.Step).ShouldBe([2, 4, 6, 8]);
        run.Steps.Last().Epoch.ShouldBe(2);
        run.Steps.Last().Remaining.ShouldBe(TimeSpan.Zero);
        run.Steps.ShouldAllBe(step => step.TokensPerSecond > 0 && step.MemoryBytes > 0 && !step.Skipped);
        run.Events.OfType<EvalCompleted>().Select(e => e.Step).ShouldBe([4, 8]);
        run.Events.OfType<EvalCompleted>().ShouldAllBe(e => e.NumLabelledTokens == 12);
        run.Events.OfType<CheckpointSaved>().Select(e => e.Step).ShouldBe([4, 8]);
        run.Events[^1].ShouldBe(finished);
        (finished.Step, finished.Reason, finished.ResultStep).ShouldBe((8, StopReason.Completed, finished.BestStep!.Value));
    }

    [Fact]
    public void LoadBestModelAtEnd_ResultIsTheBestCheckpoint_NotTheLast()
    {
        using var run = new TrainRun();
        // The validation rows have other answers: the surer the model is of its own, the worse it does there.
        Finished finished = run.Run(TrainRun.Full, Fast with { MaxSteps = 60, EvalSteps = 3, SaveTotalLimit = 1 }, TinyModel.Rows(16), TinyModel.Rows(16, seed: 5, shuffledAnswers: true));
        finished.ResultStep.ShouldBe(finished.BestStep!.Value);
        finished.ResultStep.ShouldBeLessThan(60);
        byte[] best = File.ReadAllBytes(Path.Combine(new CheckpointStore(run.Checkpoints).PathOf(finished.ResultStep), "model.safetensors"));
        File.ReadAllBytes(Path.Combine(run.Result, "model.safetensors")).ShouldBe(best);
        Directory.GetDirectories(run.Checkpoints).Length.ShouldBe(2, "one to keep, and the best");
    }

    [Fact]
    public void EarlyStopping_NoImprovement_EndsTheRun()
    {
        using var run = new TrainRun();
        Finished finished = run.Run(TrainRun.Lora, Fast with { MaxSteps = 50, EvalSteps = 1, EarlyStoppingPatience = 3, EarlyStoppingThreshold = 100 }, TinyModel.Rows(16), TinyModel.Rows(4, seed: 4));
        (finished.Reason, finished.Step).ShouldBe((StopReason.EarlyStopped, 4));
        File.Exists(Path.Combine(run.Result, "adapter_model.safetensors")).ShouldBeTrue();
    }

    [Fact]
    public void Stop_WritesCheckpointAndResult()
    {
        using var run = new TrainRun();
        int asked = 0;
        Finished finished = run.Run(TrainRun.Lora, Fast, TinyModel.Rows(16), poll: () => ++asked > 5 ? RunRequest.Stop : RunRequest.None);
        (finished.Reason, finished.Step).ShouldBe((StopReason.Stopped, 5));
        CheckpointStore.Latest(run.Checkpoints).ShouldNotBeNull();
        File.Exists(Path.Combine(run.Result, "adapter_config.json")).ShouldBeTrue();
    }

    [Fact]
    public void NonFiniteSteps_AreSkippedAndCounted_AndEndTheRunWithoutAFile()
    {
        using ICausalLm model = TinyModel.Create();
        using (TorchSharp.torch.no_grad()) model.Parameters[0].Value.fill_(float.PositiveInfinity);
        using var run = new TrainRun();
        TrainingFailedException e = Should.Throw<TrainingFailedException>(() => run.Run(TrainRun.Lora, Fast with { SaveSteps = 1, MaxSkippedSteps = 9 }, TinyModel.Rows(16), model: model));
        e.Message.ShouldContain("9 steps in a row");
        run.Events.OfType<Warning>().Count(w => w.Code == "non_finite_step").ShouldBe(9);
        run.Events[^1].ShouldBeOfType<Failed>();
        Directory.Exists(run.Result).ShouldBeFalse();
    }

    [Fact]
    public void NonFiniteGradientOnce_StepIsSkipped_WeightsAndMomentsStay()
    {
        // A label loss of a row whose hidden state overflows: one bad row among good ones.
        using ICausalLm model = TinyModel.Create();
        using (TorchSharp.torch.no_grad()) model.Parameters.First(p => p.Name == "model.embed_tokens.weight").Value[31].fill_(float.NaN);
        TrainingExample bad = new([1, 31, 5, 30], [TrainingExample.Ignored, TrainingExample.Ignored, 5, 30]);
        using var run = new TrainRun();
        Finished finished = run.Run(TrainRun.Lora, Fast with { PerDeviceTrainBatchSize = 1, MaxSteps = 10 }, [.. TinyModel.Rows(9), bad], model: model);
        finished.Step.ShouldBe(10);
        run.Steps.Count(step => step.Skipped).ShouldBe(1);
        run.Steps.Where(step => !step.Skipped).ShouldAllBe(step => double.IsFinite(step.Loss));
        TrainerState.Read(CheckpointStore.Latest(run.Checkpoints)!).AppliedSteps.ShouldBe(9);
    }

    [Fact]
    public void InitAdapter_TrainsOnFromAnEarlierResult()
    {
        using var first = new TrainRun();
        first.Run(TrainRun.With(lora => lora with { LoraDropout = 0 }), Fast with { MaxSteps = 40 }, TinyModel.Rows(16));
        using var second = new TrainRun();
        second.Run(TrainRun.Lora with { InitAdapter = first.Result }, Fast with { MaxSteps = 2, LearningRate = 1e-4 }, TinyModel.Rows(16));
        second.Steps.First().Loss.ShouldBeLessThan(first.Steps.First().Loss / 2);
    }

    [Fact]
    public void FullResult_IsAModelFolder_ThatLoads()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Full, Fast with { MaxSteps = 3 }, TinyModel.Rows(16));
        using ICausalLm model = ModelCatalog.Load(run.Result);
        using ICausalLm start = TinyModel.Create();
        model.Parameters.Select(p => p.Name).ShouldBe(start.Parameters.Select(p => p.Name));
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(run.Result, "model.safetensors"));
        file.Tensors.Count.ShouldBe(start.Parameters.Count);
    }

    [Fact]
    public void DropLast_LeavesOutTheSmallBatch()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Fast with { MaxSteps = -1, DataloaderDropLast = true }, TinyModel.Rows(11));
        run.Steps.Count().ShouldBe(2);
    }

    [Fact]
    public void Run_NoRows_IsRefused()
    {
        using var run = new TrainRun();
        Should.Throw<InvalidInputException>(() => run.Run(TrainRun.Lora, Fast, []));
    }
}
