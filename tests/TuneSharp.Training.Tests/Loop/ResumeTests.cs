using TuneSharp.Formats;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

/// <summary>A run that was stopped at any moment and resumed is the uninterrupted run, bit for bit.</summary>
public class ResumeTests
{
    private static readonly TrainingSettings Settings = new()
    {
        LearningRate = 5e-3,
        LrSchedulerType = "cosine",
        WarmupSteps = 2,
        NumTrainEpochs = 2,
        PerDeviceTrainBatchSize = 3,
        GradientAccumulationSteps = 2,
        WeightDecay = 0.1,
        EvalSteps = 3,
        SaveSteps = 0,
        SaveTotalLimit = null,
        Seed = 7,
    };

    public static TheoryData<string> Methods => ["lora", "full"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void StoppedBetweenAnyTwoMicroBatches_AndResumed_IsBitIdentical(string methodName)
    {
        MethodSettings method = methodName == "lora" ? TrainRun.With(lora => lora with { Bias = "all" }) : TrainRun.Full;
        using var whole = new TrainRun();
        int polls = 0;
        whole.Run(method, Settings, TinyModel.Rows(16), TinyModel.Rows(5, seed: 9), poll: () =>
        {
            polls++;
            return RunRequest.None;
        });
        polls.ShouldBeGreaterThan(12);

        // Every poll is a place to stop: before a micro-batch of a step, or of an evaluation.
        for (int stopAt = 1; stopAt <= polls; stopAt++)
        {
            using var first = new TrainRun();
            int asked = 0;
            int stop = stopAt;
            Finished paused = first.Run(method, Settings, TinyModel.Rows(16), TinyModel.Rows(5, seed: 9), poll: () => ++asked >= stop ? RunRequest.Pause : RunRequest.None);
            paused.Reason.ShouldBe(StopReason.Paused);
            Directory.Exists(first.Result).ShouldBeFalse();

            using var second = new TrainRun(first.Folder);
            second.Run(method, Settings, TinyModel.Rows(16), TinyModel.Rows(5, seed: 9), resumeFrom: CheckpointStore.Latest(first.Checkpoints));
            Losses(first.Events.Concat(second.Events)).ShouldBe(Losses(whole.Events), $"stopped at poll {stopAt}");
            SameFiles(whole.Result, second.Result);
            // Adapter or weights, moments and counters of the last step.
            SameFiles(new CheckpointStore(whole.Checkpoints).PathOf(6), new CheckpointStore(second.Checkpoints).PathOf(6));
        }
    }

    [Fact]
    public void Bfloat16Weights_PausedAndResumed_GoOnFromTheirFloat32Masters()
    {
        using var start = new TrainRun();
        Directory.CreateDirectory(start.Folder);
        using (ICausalLm model = TinyModel.Create()) ModelCatalog.Save(model, Path.Combine(start.Folder, "base"), TorchSharp.torch.ScalarType.BFloat16);
        ICausalLm Narrow() => ModelCatalog.Load(Path.Combine(start.Folder, "base"), new ModelSettings { WeightsDtype = "bfloat16", ComputeDtype = "float32" });

        using var whole = new TrainRun();
        using (ICausalLm model = Narrow()) whole.Run(TrainRun.Full, Settings, TinyModel.Rows(16), model: model);
        using var first = new TrainRun();
        int asked = 0;
        using (ICausalLm model = Narrow()) first.Run(TrainRun.Full, Settings, TinyModel.Rows(16), poll: () => ++asked > 5 ? RunRequest.Pause : RunRequest.None, model: model);
        using var second = new TrainRun(first.Folder);
        using (ICausalLm model = Narrow()) second.Run(TrainRun.Full, Settings, TinyModel.Rows(16), resumeFrom: CheckpointStore.Latest(first.Checkpoints), model: model);
        Losses(first.Events.Concat(second.Events)).ShouldBe(Losses(whole.Events));
        SameFiles(whole.Result, second.Result);
        using SafetensorsFile optimizer = SafetensorsFile.Open(Path.Combine(CheckpointStore.Latest(whole.Checkpoints)!, "optimizer.safetensors"));
        optimizer.Tensors.Keys.ShouldContain("master.model.norm.weight");
    }

    [Fact]
    public void Resume_OtherData_IsRefused()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Settings, TinyModel.Rows(16));
        string latest = CheckpointStore.Latest(run.Checkpoints)!;
        Should.Throw<InvalidInputException>(() => run.Run(TrainRun.Lora, Settings, TinyModel.Rows(15), resumeFrom: latest)).Message.ShouldContain("16 rows");
    }

    [Fact]
    public void Resume_OtherMethod_IsRefused()
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Settings, TinyModel.Rows(16));
        string latest = CheckpointStore.Latest(run.Checkpoints)!;
        Should.Throw<InvalidInputException>(() => run.Run(TrainRun.With(lora => lora with { TargetModules = ["q_proj"] }), Settings, TinyModel.Rows(16), resumeFrom: latest));
        Should.Throw<InvalidInputException>(() => run.Run(TrainRun.With(lora => lora with { R = 8 }), Settings, TinyModel.Rows(16), resumeFrom: latest));
    }

    [Theory]
    [InlineData("optimizer.safetensors")]
    [InlineData("adapter_model.safetensors")]
    [InlineData("trainer_state.json")]
    public void Latest_DamagedCheckpoint_FallsBackToTheOneBefore(string file)
    {
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Settings with { SaveSteps = 2 }, TinyModel.Rows(16));
        var store = new CheckpointStore(run.Checkpoints);
        CheckpointStore.Latest(run.Checkpoints).ShouldBe(store.PathOf(6));
        string path = Path.Combine(store.PathOf(6), file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
        CheckpointStore.Latest(run.Checkpoints).ShouldBe(store.PathOf(4));
    }

    private static IEnumerable<string> Losses(IEnumerable<TrainEvent> events) => events.Select(e => e switch
    {
        StepCompleted s => $"{s.Step} {s.Epoch:R} {s.Loss:R} {s.GradNorm:R} {s.LearningRate:R} {s.NumTokens}",
        EvalCompleted v => $"eval {v.Step} {v.Loss:R} {v.NumLabelledTokens} {v.Best}",
        _ => "",
    }).Where(line => line.Length > 0);

    private static void SameFiles(string expected, string found)
    {
        string[] names = [.. Directory.GetFiles(expected).Select(path => Path.GetFileName(path)!).Order()];
        Directory.GetFiles(found).Select(path => Path.GetFileName(path)!).Order().ShouldBe(names);
        foreach (string name in names) File.ReadAllBytes(Path.Combine(found, name)).ShouldBe(File.ReadAllBytes(Path.Combine(expected, name)), name);
    }
}
