using System.Runtime.CompilerServices;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Workers;

/// <summary>
/// Follows a run: its events as they come, until no worker works on it any more. If the worker died without a word, the
/// watcher takes the run for a moment and records why it failed; that record is then the last event.
/// </summary>
public sealed class WatchRun(TimeProvider clock, IProcessTable processes)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <param name="worker">The worker, if this process started it; null to follow somebody else's.</param>
    /// <param name="reader">Where to go on reading; a new one begins with the first event of the run.</param>
    public async IAsyncEnumerable<RunEvent> ExecuteAsync(RunFolder run, WorkerProcess? worker, EventLogReader reader, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            bool ended = worker is not null ? worker.HasExited : RunLock.Look(run, clock, processes, out _) is WorkerPresence.None or WorkerPresence.Stale;
            foreach (RunEvent e in reader.ReadNew()) yield return e;
            if (ended) break;
            await Task.Delay(Poll, clock, cancellation);
        }

        RecordDeath(run, worker);
        foreach (RunEvent e in reader.ReadNew()) yield return e;
    }

    private void RecordDeath(RunFolder run, WorkerProcess? worker)
    {
        RunStatus status = RunStatus.Read(run);
        string? cause = worker?.DescribeEnd();
        bool neverBegan = worker is not null && status.Attempt < worker.Attempt;
        if (status.State.IsAtRest() && !neverBegan) return;
        using var session = RunSession.Begin(run, clock, processes, cause);
        if (!neverBegan || session.Status.Attempt >= worker!.Attempt) return;

        // It ended before it could take the run: the attempt is made on its behalf, so that the log tells the story.
        session.Become(RunState.Starting);
        session.Fail(cause ?? "The worker process ended before it began.", userError: false);
    }
}
