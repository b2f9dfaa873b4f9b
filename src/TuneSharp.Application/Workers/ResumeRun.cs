using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Workers;

public enum ResumeOutcome
{
    /// <summary>Start a worker: it takes up the last checkpoint.</summary>
    NeedsWorker,

    /// <summary>A worker is there already.</summary>
    Working,
}

/// <summary>Decides whether a run can go on, and how.</summary>
public sealed class ResumeRun(TimeProvider clock, IProcessTable processes)
{
    /// <exception cref="InvalidInputException">The run is finished.</exception>
    public ResumeOutcome Execute(RunFolder run)
    {
        RunOverview overview = RunOverview.Of(run, clock, processes);
        if (overview.State == RunState.Finished)
            throw new InvalidInputException($"Run '{run.Id}' is finished; there is nothing to go on with.", null, $"`tunesharp train … --init_adapter {run.Id}` trains its adapter on.");
        return overview.Worker is WorkerPresence.Working or WorkerPresence.Silent ? ResumeOutcome.Working : ResumeOutcome.NeedsWorker;
    }
}
