using TuneSharp.Formats;
using TuneSharp.Formats.Adapters;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Peft;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Loop;

/// <summary>LoRA over a base whose linears are packed: it learns, resumes bit for bit, and nothing that needs dense weights starts.</summary>
public sealed class PackedBaseTests : IDisposable
{
    private static readonly TrainingSettings Settings = new() { LearningRate = 2e-2, MaxSteps = 30, PerDeviceTrainBatchSize = 8, EvalSteps = 0, SaveSteps = 0, Seed = 3 };
    private readonly string _base = Directory.CreateTempSubdirectory("tunesharp-packed-base-").FullName;

    public PackedBaseTests()
    {
        using ICausalLm model = TinyModel.Create();
        ModelCatalog.Save(model, _base);
    }

    public void Dispose() => Directory.Delete(_base, recursive: true);

    [Theory]
    [InlineData("nf4"), InlineData("fp4"), InlineData("int8")]
    public void The_loss_falls(string quantization)
    {
        using ICausalLm model = Load(quantization);
        using var run = new TrainRun();
        run.Run(TrainRun.With(lora => lora with { LoraDropout = 0, TargetModules = ["all-linear"] }), Settings, TinyModel.Rows(64), model: model);
        run.Steps.Last().Loss.ShouldBeLessThan(0.5 * run.Steps.First().Loss);
        using AdapterFolder adapter = AdapterFolder.Open(run.Result);
        adapter.Weights.Tensors.Count.ShouldBe(2 * model.Linears.Count);
    }

    [Fact]
    public void Stopped_and_resumed_it_is_the_uninterrupted_run()
    {
        TrainingSettings settings = Settings with { MaxSteps = 6, GradientCheckpointing = true };
        using var whole = new TrainRun();
        using (ICausalLm model = Load("nf4")) whole.Run(TrainRun.Lora, settings, TinyModel.Rows(24), model: model);
        using var first = new TrainRun();
        int asked = 0;
        using (ICausalLm model = Load("nf4")) first.Run(TrainRun.Lora, settings, TinyModel.Rows(24), poll: () => ++asked > 3 ? RunRequest.Pause : RunRequest.None, model: model);
        using var second = new TrainRun(first.Folder);
        using (ICausalLm model = Load("nf4")) second.Run(TrainRun.Lora, settings, TinyModel.Rows(24), resumeFrom: CheckpointStore.Latest(first.Checkpoints), model: model);
        first.Steps.Concat(second.Steps).Select(step => step.Loss).ShouldBe(whole.Steps.Select(step => step.Loss));
        File.ReadAllBytes(Path.Combine(second.Result, AdapterFolder.WeightsFile)).ShouldBe(File.ReadAllBytes(Path.Combine(whole.Result, AdapterFolder.WeightsFile)));
    }

    [Fact]
    public void What_needs_dense_weights_is_refused_with_what_to_do()
    {
        using ICausalLm model = Load("nf4");
        using var run = new TrainRun();
        string message = Should.Throw<InvalidInputException>(() => run.Run(TrainRun.Full, Settings, TinyModel.Rows(8), model: model)).Message;
        message.ShouldContain("nf4");
        Should.Throw<InvalidInputException>(() => ModelCatalog.Save(model, Path.Combine(_base, "again"))).Message.ShouldContain("nf4");
    }

    [Fact]
    public void An_adapter_goes_into_the_unpacked_weight()
    {
        using ICausalLm model = Load("nf4");
        using var run = new TrainRun();
        run.Run(TrainRun.Lora, Settings with { MaxSteps = 3 }, TinyModel.Rows(24), model: model);
        using ITuningMethod method = PeftCatalog.LoadAdapter(run.Result, model.Tunable);
        foreach (WeightChange change in method.WeightChanges!)
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using TorchSharp.torch.Tensor dense = model.Linears.First(linear => linear.Weight == change.Parameter).CopyWeight_OI(TorchSharp.torch.ScalarType.Float32), merged = dense.clone();
            change.Apply(merged);
            (merged - dense).abs().max().item<float>().ShouldBeGreaterThan(0, change.Parameter.Name);
        }
    }

    private ICausalLm Load(string quantization) => ModelCatalog.Load(_base, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32", Quantization = quantization });
}
