using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Runs;

/// <summary>
/// The one who writes in a run folder: holds the lock, keeps <c>state.json</c> and <c>events.jsonl</c> in step. A worker has
/// one for its whole life; a watcher takes one for a moment to record that a worker died.
/// </summary>
public sealed class RunSession : IDisposable
{
    private readonly RunLock _lock;
    private readonly EventLog _log;
    private readonly TimeProvider _clock;

    private RunSession(RunFolder run, RunLock held, EventLog log, RunStatus status, TimeProvider clock)
    {
        Run = run;
        _lock = held;
        _log = log;
        Status = status;
        _clock = clock;
    }

    public RunFolder Run { get; }

    public RunStatus Status { get; private set; }

    /// <summary>Another process took the run: stop writing and end.</summary>
    public bool IsLost => _lock.IsLost;

    /// <summary>
    /// Takes the lock. If the last worker died without a word, its death is recorded first, so that a session always begins
    /// with a run at rest.
    /// </summary>
    /// <exception cref="Formats.InvalidInputException">Another live process holds the run.</exception>
    public static RunSession Begin(RunFolder run, TimeProvider clock, IProcessTable processes, string? causeOfDeath = null)
    {
        RunLock held = RunLock.Take(run, clock, processes);
        try
        {
            var session = new RunSession(run, held, EventLog.Open(run, clock), RunStatus.Read(run), clock);
            if (!session.Status.State.IsAtRest())
                session.Fail(causeOfDeath ?? "The worker process ended without a word; it was killed, or the machine stopped.", userError: false);
            return session;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes the new state to <c>state.json</c>, then to the log.</summary>
    public void Become(RunState state, string? reason = null)
    {
        Status = Status.Become(state, _clock, reason);
        Status.Write(Run.State);
        Log(new StateChanged(state, Status.Attempt, reason));
    }

    public void Fail(string reason, bool userError)
    {
        Log(new RunFailed(reason, userError));
        Become(RunState.Failed, reason);
        _log.Flush();
    }

    public void Log(object body)
    {
        if (IsLost) throw new RunLostException(Run.Id);
        _log.Append(body);
        if (body is CheckpointSaved or ResultSaved) _log.Flush();
    }

    public void Dispose()
    {
        _log.Dispose();
        _lock.Dispose();
    }
}

/// <summary>The lock file names another process: this one must not write in the folder any more.</summary>
public sealed class RunLostException(string run) : Exception($"Run '{run}' was taken over by another process; this worker stops without writing.");
