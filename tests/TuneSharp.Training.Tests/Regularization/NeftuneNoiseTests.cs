using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Regularization;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Tests.Regularization;

public sealed class NeftuneNoiseTests
{
    private const double Alpha = 5;

    [Fact]
    public void Noise_is_uniform_within_its_bound_the_same_for_a_seed_and_gone_when_measuring()
    {
        using ICausalLm model = TinyModel.Create();
        using TokenBatch batch = TokenBatch.FromRows([[.. Enumerable.Range(0, 20)], [1, 2, 3]]);
        float[] clean = Embed(model, batch, training: true, seed: 1);
        using (new NeftuneNoise(Alpha, model.Tunable.Embedding!))
        {
            Embed(model, batch, training: false, seed: 1).ShouldBe(clean);
            float[] noisy = Embed(model, batch, training: true, seed: 1);
            Embed(model, batch, training: true, seed: 1).ShouldBe(noisy);
            Embed(model, batch, training: true, seed: 2).ShouldNotBe(noisy);
            double[] noise = [.. noisy.Zip(clean, (a, b) => (double)a - b)];
            double bound = Alpha / Math.Sqrt(20 * 16);
            noise.Max(Math.Abs).ShouldBeInRange(0.95 * bound, bound * (1 + 1e-6));
            noise.Average().ShouldBe(0, 0.15 * bound);
            (noise.Sum(n => n * n) / noise.Length).ShouldBe(bound * bound / 3, 0.1 * bound * bound);
        }
        Embed(model, batch, training: true, seed: 1).ShouldBe(clean);
        model.Tunable.Embedding!.Adapters.ShouldBeEmpty();
    }

    [Fact]
    public void A_run_with_noise_learns_differently_and_resumes_bit_for_bit()
    {
        TrainingSettings settings = new() { LearningRate = 0.01, MaxSteps = 6, NeftuneNoiseAlpha = Alpha, SaveSteps = 3, SaveTotalLimit = null, EvalSteps = 0 };
        using TrainRun noisy = new(), plain = new(), resumed = new();
        noisy.Run(TrainRun.Full, settings, TinyModel.Rows(8));
        plain.Run(TrainRun.Full, settings with { NeftuneNoiseAlpha = null }, TinyModel.Rows(8));
        resumed.Run(TrainRun.Full, settings, TinyModel.Rows(8), resumeFrom: Path.Combine(noisy.Checkpoints, "step-000003"));
        byte[] result = Weights(noisy);
        Weights(resumed).ShouldBe(result);
        Weights(plain).ShouldNotBe(result);
        double[] losses = [.. noisy.Events.OfType<StepCompleted>().Select(step => step.Loss)];
        losses[0].ShouldNotBe(plain.Steps.First().Loss);
    }

    [Fact]
    public void Zero_is_no_amount() => Should.Throw<InvalidInputException>(new TrainingSettings { NeftuneNoiseAlpha = 0 }.Validate).Message.ShouldContain("neftune_noise_alpha");

    private static byte[] Weights(TrainRun run) => File.ReadAllBytes(Path.Combine(run.Result, "model.safetensors"));

    private static float[] Embed(ICausalLm model, TokenBatch batch, bool training, long seed)
    {
        using Workspace workspace = model.CreateWorkspace();
        using var tape = new Tape(workspace, recording: false) { Training = training, Seed = seed };
        using DisposeScope scope = torch.NewDisposeScope();
        return model.Tunable.Embedding!.Forward(tape, batch).Data.data<float>().ToArray();
    }
}
