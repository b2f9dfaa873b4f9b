using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Runs;

/// <summary>What a person wants to know of a run at a glance.</summary>
/// <param name="State">As recorded, but <see cref="RunState.Failed"/> when the worker of an active run is dead.</param>
/// <param name="Worker">What the lock says.</param>
/// <param name="Step">Last step that counts.</param>
/// <param name="ValidationLoss">Lowest so far.</param>
public sealed record RunOverview(RunFolder Run, RunState State, string? Reason, DateTimeOffset Since, WorkerPresence Worker, LockHolder? Holder,
    int Step, int? TotalSteps, double? TrainLoss, double? ValidationLoss, int? LastCheckpoint, string? Result)
{
    public static RunOverview Of(RunFolder run, TimeProvider clock, IProcessTable processes)
    {
        RunStatus status = RunStatus.Read(run);
        WorkerPresence worker = RunLock.Look(run, clock, processes, out LockHolder? holder);
        bool died = !status.State.IsAtRest() && (worker is WorkerPresence.None or WorkerPresence.Stale);
        List<object> events = [.. EventLogReader.ReadEffective(run.Events).Select(e => e.Body)];
        StepCompleted? step = events.OfType<StepCompleted>().LastOrDefault();
        return new RunOverview(run, died ? RunState.Failed : status.State, died ? "The worker process ended without a word." : status.Reason, status.Since,
            worker, holder, step?.Step ?? 0, events.OfType<Started>().LastOrDefault()?.TotalSteps, step?.Loss,
            events.OfType<EvalCompleted>().Min(eval => (double?)eval.Loss), events.OfType<CheckpointSaved>().LastOrDefault()?.Step,
            status.State == RunState.Finished ? events.OfType<ResultSaved>().LastOrDefault()?.Path : null);
    }
}
