using System.Diagnostics;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Peft.Lora;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;

namespace TuneSharp.Cli.Tests;

/// <summary><c>kill -9</c> of the worker at random moments: nothing older than the last checkpoint is lost, and the result is the same.</summary>
public sealed class KilledWorkerTests(TinyWorld world)
{
    private const int Steps = 120;

    private readonly WorkerProgram _program = new("dotnet", [Cli.Assembly]);

    [Fact]
    public Task KilledTenTimes_NothingOlderThanTheLastCheckpointIsLost() => KillAsync("killed", kills: 10, seed: 7);

    [Fact(Explicit = true)]
    [Trait("Category", "Slow")]
    public Task KilledFiftyTimes_NothingOlderThanTheLastCheckpointIsLost() => KillAsync("killed-often", kills: 50, seed: 11);

    private async Task KillAsync(string name, int kills, int seed)
    {
        var random = new Random(seed);
        RunFolder whole = MakeRun($"{name}-whole"), killed = MakeRun(name);
        await FinishAsync(whole);

        int inTraining = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            if (RunStatus.Read(killed).State == RunState.Finished) break;
            using var worker = WorkerProcess.Start(_program, killed);

            // Half of the kills fall anywhere, the start included; half within the training.
            if (kill % 2 == 0) await WaitForAsync(() => RunStatus.Read(killed) is { State: RunState.Running } status && status.Attempt == worker.Attempt || worker.HasExited);
            await Task.Delay(random.Next(kill % 2 == 0 ? 300 : 1500), TestContext.Current.CancellationToken);
            if (RunStatus.Read(killed).State == RunState.Running) inTraining++;
            if (!worker.HasExited) Process.GetProcessById(worker.Pid).Kill();
            await WaitForAsync(() => worker.HasExited);
            int saved = LastSaved(killed);
            await DrainAsync(killed, worker);

            RunStatus status = RunStatus.Read(killed);
            if (status.State == RunState.Finished) break;
            status.State.ShouldBe(RunState.Failed);
            status.Reason!.ShouldContain("SIGKILL");
            string? latest = CheckpointStore.Latest(killed.Checkpoints);
            (latest is null ? 0 : TrainerState.Read(latest).Step).ShouldBeGreaterThanOrEqualTo(saved);
        }

        inTraining.ShouldBeGreaterThan(0, "no kill fell into the training");
        if (RunStatus.Read(killed).State != RunState.Finished) await FinishAsync(killed);
        (await File.ReadAllBytesAsync(Path.Combine(killed.Adapter, "adapter_model.safetensors"), TestContext.Current.CancellationToken))
            .ShouldBe(await File.ReadAllBytesAsync(Path.Combine(whole.Adapter, "adapter_model.safetensors"), TestContext.Current.CancellationToken), "bit for bit as if nothing had happened");
        Losses(killed).ShouldBe(Losses(whole));
    }

    private RunFolder MakeRun(string name)
    {
        var home = new HomeFolder(world.Home);
        var request = new Application.FineTuning.FineTuneRequest
        {
            Run = new() { RunName = name, Threads = 1 },
            Model = new() { ModelNameOrPath = world.Model },
            Data = new() { Dataset = world.Data, ValSize = 4 },
            Method = new() { Options = new LoraSettings { R = 4, LoraDropout = 0.1, TargetModules = ["all-linear"] } },
            Training = new() { MaxSteps = Steps, SaveSteps = 3, EvalSteps = 20, SaveTotalLimit = 2, PerDeviceTrainBatchSize = 8, LearningRate = 5e-3, LoadBestModelAtEnd = false },
        };
        return new Application.FineTuning.StartFineTune(home, TimeProvider.System).Execute(new(request, []), null);
    }

    private async Task FinishAsync(RunFolder run)
    {
        using var worker = WorkerProcess.Start(_program, run);
        await DrainAsync(run, worker);
        RunStatus status = RunStatus.Read(run);
        status.State.ShouldBe(RunState.Finished, status.Reason);
    }

    private static async Task DrainAsync(RunFolder run, WorkerProcess worker)
    {
        await foreach (RunEvent _ in new WatchRun(TimeProvider.System, new SystemProcessTable()).ExecuteAsync(run, worker, new EventLogReader(run.Events), TestContext.Current.CancellationToken))
        {
            // to its end
        }
    }

    private static int LastSaved(RunFolder run) => EventLogReader.ReadEffective(run.Events).Select(e => e.Body).OfType<CheckpointSaved>().LastOrDefault()?.Step ?? 0;

    private static List<double> Losses(RunFolder run) => [.. EventLogReader.ReadEffective(run.Events).Select(e => e.Body).OfType<StepCompleted>().Select(step => step.Loss)];

    private static async Task WaitForAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMinutes(5));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
