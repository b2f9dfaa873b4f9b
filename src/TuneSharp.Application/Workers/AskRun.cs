using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Workers;

/// <summary>Asks the worker of a run to stop, to pause or to go on.</summary>
public sealed class AskRun(TimeProvider clock, IProcessTable processes)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <exception cref="InvalidInputException">Nobody works on the run, or it is in a state that the request does not fit.</exception>
    public void Execute(RunFolder run, RunRequestKind request)
    {
        RunOverview overview = RunOverview.Of(run, clock, processes);
        if (request == RunRequestKind.Stop && overview.State == RunState.Queued && overview.Worker is WorkerPresence.None)
        {
            // Nobody has begun: the request is obeyed here.
            using var session = RunSession.Begin(run, clock, processes);
            if (session.Status.State == RunState.Queued) session.Become(RunState.Stopped, "It was stopped before it began.");
            return;
        }

        if (overview.Worker is WorkerPresence.None or WorkerPresence.Stale)
            throw new InvalidInputException($"Run '{run.Id}' is {Word(overview.State)}; nobody works on it.", null, overview.State.CanResume() ? $"`tunesharp resume {run.Id}` goes on with it." : null);
        if (request == RunRequestKind.Pause && overview.State == RunState.Paused) throw new InvalidInputException($"Run '{run.Id}' is paused already.");
        if (request == RunRequestKind.Resume && overview.State is not RunState.Paused) throw new InvalidInputException($"Run '{run.Id}' is {Word(overview.State)}, not paused.");
        new RunRequests(run).Put(request);
    }

    /// <summary>Waits until the request is obeyed, or the run has ended in another way.</summary>
    public async Task<RunOverview> WaitAsync(RunFolder run, RunRequestKind request, CancellationToken cancellation)
    {
        while (true)
        {
            // State and lock only: the log of a long run is large, and this looks ten times a second.
            RunState state = RunStatus.Read(run).State;
            bool obeyed = request switch
            {
                RunRequestKind.Pause => state == RunState.Paused,
                RunRequestKind.Resume => state == RunState.Running,
                _ => false,
            };
            bool isLeft = RunLock.Look(run, clock, processes, out _) is WorkerPresence.None or WorkerPresence.Stale;
            if (obeyed || isLeft) return RunOverview.Of(run, clock, processes);
            await Task.Delay(Poll, clock, cancellation);
        }
    }

    private static string Word(RunState state) => state.ToString().ToLowerInvariant();
}
