namespace TuneSharp.Application.Runs;

/// <summary>Where a run stands. docs/run-folder.md draws the transitions.</summary>
public enum RunState
{
    /// <summary>The folder is complete and no worker has taken it yet.</summary>
    Queued,

    /// <summary>A worker holds the lock and loads model and data.</summary>
    Starting,

    /// <summary>Steps are being made.</summary>
    Running,

    /// <summary>The worker holds the lock, has saved a checkpoint and waits for a request.</summary>
    Paused,

    /// <summary>The worker has seen a stop request and saves.</summary>
    Stopping,

    /// <summary>Ended before its last step by request; it can be resumed.</summary>
    Stopped,

    /// <summary>All steps are done and the result is written.</summary>
    Finished,

    /// <summary>Ended by an error or by the death of its worker; it can be resumed from its last checkpoint.</summary>
    Failed,
}

public static class RunStateTransitions
{
    private static readonly Dictionary<RunState, RunState[]> Table = new()
    {
        [RunState.Queued] = [RunState.Starting, RunState.Stopped, RunState.Failed],
        [RunState.Starting] = [RunState.Running, RunState.Stopping, RunState.Failed],
        [RunState.Running] = [RunState.Paused, RunState.Stopping, RunState.Finished, RunState.Failed],
        [RunState.Paused] = [RunState.Running, RunState.Stopping, RunState.Failed],
        [RunState.Stopping] = [RunState.Stopped, RunState.Finished, RunState.Failed],
        [RunState.Stopped] = [RunState.Starting],
        [RunState.Failed] = [RunState.Starting],
        [RunState.Finished] = [],
    };

    public static bool CanBecome(this RunState from, RunState to) => Table[from].Contains(to);

    /// <summary>True if no worker is expected: the run rests until somebody starts or resumes it.</summary>
    public static bool IsAtRest(this RunState state) => state is RunState.Queued or RunState.Stopped or RunState.Finished or RunState.Failed;

    public static bool CanResume(this RunState state) => state is RunState.Stopped or RunState.Failed or RunState.Queued;
}
