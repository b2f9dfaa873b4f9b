using System.Diagnostics;
using TuneSharp.Application.Runs;

namespace TuneSharp.Cli.Tests;

/// <summary>A run's life seen from outside: detached, paused, resumed, stopped, interrupted; one worker at a time.</summary>
public sealed class LifecycleTests(TinyWorld world)
{
    private readonly Cli _cli = new(world);

    [Fact]
    public async Task Detach_Pause_Resume_Stop_Interrupt()
    {
        string[] train = ["train", "--model", world.Model, "--data", world.Data, "--run_name", "life", "--max_steps", "1000000", "--save_steps", "1000", "--eval_steps", "0", "--threads", "1", "--detach"];
        CliResult started = await _cli.RunAsync(train);
        started.ExitCode.ShouldBe(0, started.ToString());
        started.Out.ShouldContain("works in the background");
        RunFolder run = RunFolder.Open(new HomeFolder(world.Home), "life");
        await WaitForAsync(run, RunState.Running);

        CliResult second = await _cli.RunAsync("worker", run.Path);
        second.ExitCode.ShouldBe(1);
        RunStatus.Read(run).State.ShouldBe(RunState.Running, "a second worker must not disturb the first");
        (await File.ReadAllTextAsync(run.WorkerLog, TestContext.Current.CancellationToken)).ShouldContain("in use by process");

        (await _cli.RunAsync("runs", "pause", "life")).Out.ShouldContain("is paused");
        (await _cli.RunAsync("runs", "show", "life")).Out.ShouldContain("Last checkpoint");
        CliResult goesOn = await _cli.RunAsync("runs", "resume", "life");
        goesOn.ExitCode.ShouldBe(0, goesOn.ToString());
        // On a busy machine a run can be stopped before its first step, and then there is no step to go on from.
        await WaitUntilAsync(() => RunOverview.Of(run, TimeProvider.System, new SystemProcessTable()).Step > 0);
        CliResult stopped = await _cli.RunAsync("runs", "stop", "life");
        stopped.Out.ShouldContain("is stopped");
        int step = RunOverview.Of(run, TimeProvider.System, new SystemProcessTable()).Step;

        using Process watcher = _cli.Start("resume", "life");
        Task<string> output = watcher.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = watcher.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitForAsync(run, RunState.Running);
        using (Process kill = Process.Start("kill", ["-INT", $"{watcher.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await watcher.WaitForExitAsync(TestContext.Current.CancellationToken);
        watcher.ExitCode.ShouldBe(130, await output + await error);
        (await output).ShouldContain("tunesharp resume life");
        (await output).ShouldContain($"Goes on from the checkpoint of step {step}, bit for bit.");
        RunStatus.Read(run).State.ShouldBe(RunState.Stopped);
        new EventLogReader(run.Events).ReadNew().Select(e => e.Body).OfType<StateChanged>().Select(change => change.State).ShouldBe(
        [
            RunState.Starting, RunState.Running, RunState.Paused, RunState.Running, RunState.Stopping, RunState.Stopped,
            RunState.Starting, RunState.Running, RunState.Stopping, RunState.Stopped,
        ]);
        CliResult nobody = await _cli.RunAsync("runs", "stop", "life");
        nobody.ExitCode.ShouldBe(2);
        nobody.Error.ShouldContain("nobody works on it");
    }

    [Fact]
    public async Task ClosingTheTerminal_TheWorkerGoesOn()
    {
        using Process watcher = _cli.Start("train", "--model", world.Model, "--data", world.Data, "--run_name", "closed", "--max_steps", "1000000", "--save_steps", "1000", "--eval_steps", "0", "--threads", "1");
        _ = watcher.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await WaitUntilAsync(() => RunFolder.IsRun(Path.Combine(world.Home, "runs", "closed")));
        RunFolder run = RunFolder.Open(new HomeFolder(world.Home), "closed");
        await WaitForAsync(run, RunState.Running);
        using (Process kill = Process.Start("kill", ["-HUP", $"{watcher.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await watcher.WaitForExitAsync(TestContext.Current.CancellationToken);
        int before = RunOverview.Of(run, TimeProvider.System, new SystemProcessTable()).Step;
        await WaitUntilAsync(() => RunOverview.Of(run, TimeProvider.System, new SystemProcessTable()).Step > before + 5);
        (await _cli.RunAsync("runs", "stop", "closed")).Out.ShouldContain("is stopped");
    }

    private static Task WaitForAsync(RunFolder run, RunState state) => WaitUntilAsync(() => RunStatus.Read(run).State == state);

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromMinutes(5));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
