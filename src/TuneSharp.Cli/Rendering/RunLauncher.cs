using System.Runtime.InteropServices;
using TuneSharp.Application.Runs;
using TuneSharp.Application.Workers;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>Starts a worker on a run and shows what happens until it ends; Ctrl-C asks the worker to stop.</summary>
internal sealed class RunLauncher(CommandHost host)
{
    private static readonly TimeSpan TakeTimeout = TimeSpan.FromSeconds(30);

    public async Task<int> StartAsync(RunFolder run, bool detach, CancellationToken cancellation)
    {
        host.Line(RunTexts.Folder, run.Path);
        var reader = new EventLogReader(run.Events);
        _ = reader.ReadNew(); // of an earlier attempt
        // The worker writes the report, in the language of the person who started it.
        WorkerProgram program = host.Program with { Arguments = [.. host.Program.Arguments, "--lang", host.Words.Language == Language.Chinese ? "zh" : "en"] };
        using var worker = WorkerProcess.Start(program, run);
        if (!detach) return await WatchAsync(run, worker, reader, cancellation);
        await WaitUntilTakenAsync(run, worker, cancellation);
        if (worker.HasExited) return new RunEnding(host).Tell(run, interrupted: false);
        host.Line(RunTexts.Detached, run.Id, worker.Pid);
        return ExitCode.Success;
    }

    /// <param name="fromNow">False to show the events from the run's beginning.</param>
    public Task<int> WatchAsync(RunFolder run, WorkerProcess? worker, bool fromNow, CancellationToken cancellation)
    {
        var reader = new EventLogReader(run.Events);
        if (fromNow) _ = reader.ReadNew();
        return WatchAsync(run, worker, reader, cancellation);
    }

    private async Task<int> WatchAsync(RunFolder run, WorkerProcess? worker, EventLogReader reader, CancellationToken cancellation)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var interrupts = new InterruptHandler(host, run, leave);
        var watch = new WatchRun(host.Clock, host.Processes);
        try
        {
            IAsyncEnumerable<RunEvent> events = watch.ExecuteAsync(run, worker, reader, leave.Token);
            if (host.Terminal.IsScreen) await new RunBars(host).ShowAsync(events);
            else await new RunLines(host).ShowAsync(events);
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            host.Line(RunTexts.LeftRunning, run.Id);
            return ExitCode.Interrupted;
        }

        return new RunEnding(host).Tell(run, interrupts.Count > 0);
    }

    private async Task WaitUntilTakenAsync(RunFolder run, WorkerProcess worker, CancellationToken cancellation)
    {
        long start = host.Clock.GetTimestamp();
        while (RunStatus.Read(run).Attempt < worker.Attempt && !worker.HasExited && host.Clock.GetElapsedTime(start) < TakeTimeout)
            await Task.Delay(50, cancellation);
        if (!worker.HasExited) return;
        await foreach (RunEvent _ in new WatchRun(host.Clock, host.Processes).ExecuteAsync(run, worker, new EventLogReader(run.Events), cancellation))
        {
            // Only for the record of why it failed.
        }
    }

    /// <summary>First Ctrl-C: stop request. Second: leave, the worker goes on saving by itself.</summary>
    private sealed class InterruptHandler : IDisposable
    {
        private readonly PosixSignalRegistration[] _registrations;
        private int _count;

        public InterruptHandler(CommandHost host, RunFolder run, CancellationTokenSource leave)
        {
            _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

            void Handle(PosixSignalContext signal)
            {
                signal.Cancel = true;
                if (Interlocked.Increment(ref _count) == 1)
                {
                    new RunRequests(run).Put(RunRequestKind.Stop);
                    host.Terminal.Error.WriteLine(host.Words[RunTexts.StoppingOnInterrupt]);
                }
                else
                {
                    leave.Cancel();
                }
            }
        }

        public int Count => _count;

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        }
    }
}
