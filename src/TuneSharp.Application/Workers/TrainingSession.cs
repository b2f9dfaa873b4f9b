using TorchSharp;
using TuneSharp.Application.Machine;
using TuneSharp.Application.Runs;
using TuneSharp.Models;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Workers;

/// <summary>
/// What every kind of training has in common in a worker: the manifest, the checkpoint to go on from, pausing, and how the
/// run ends. The kind itself is a function that trains from a checkpoint until it is done or asked to stop.
/// </summary>
internal sealed class TrainingSession(RunSession session, TimeProvider clock)
{
    private readonly WorkerRequests _requests = new(session);

    /// <summary>Trains from a checkpoint (null: from the beginning) and tells how it ended.</summary>
    public delegate Finished Train(string? resumeFrom, Action<TrainEvent> report, Func<RunRequest> poll);

    /// <summary>When the run was first worked on: templates that write the date see this day, whenever it is resumed.</summary>
    public DateTimeOffset Begun { get; } = File.Exists(session.Run.Manifest) ? RunManifest.Read(session.Run).Created : clock.GetUtcNow();

    /// <summary>A clock that stands at <see cref="Begun"/>.</summary>
    public TimeProvider StoppedClock => new FixedTime(Begun);

    /// <summary>The first start writes what the run is made from; a later one must find the same.</summary>
    /// <param name="files">Files and folders that went into the run.</param>
    /// <exception cref="Formats.InvalidInputException">A file has changed since the run began.</exception>
    public void RecordManifest(IEnumerable<string> files, IModel model, long seed)
    {
        RunFolder run = session.Run;
        var now = new RunManifest(RunManifest.CurrentVersion, Begun, FileHashes.Of(files), FileHashes.Of(run.ResolvedRecipe), MachineProbe.Program(), MachineProbe.Packages(),
            MachineProbe.Describe(), torch.get_num_threads(), WeightsType(model), Name(model.ComputeType), seed);
        string? checkpoint = CheckpointStore.Latest(run.Checkpoints);
        if (checkpoint is null || !File.Exists(run.Manifest))
        {
            now.Write(run);
            if (session.Status.Attempt > 1) session.Log(new Resumed(0, []));
            return;
        }

        IReadOnlyList<string> differences = RunManifest.Read(run).CompareForResume(now, run.Path);
        session.Log(new Resumed(TrainerState.Read(checkpoint).Step, differences));
    }

    /// <summary>Runs the training through pauses to its end.</summary>
    /// <param name="train">The kind of training.</param>
    /// <param name="resultName">Folder of the result within the run.</param>
    public void Run(Train train, string resultName)
    {
        session.Become(RunState.Running);
        while (true)
        {
            Finished finished = train(CheckpointStore.Latest(session.Run.Checkpoints), Report, _requests.Poll);
            switch (finished.Reason)
            {
                case StopReason.Completed or StopReason.EarlyStopped:
                    session.Log(new ResultSaved(resultName));
                    session.Become(RunState.Finished);
                    return;
                case StopReason.Stopped:
                    if (session.Status.State != RunState.Stopping) session.Become(RunState.Stopping);
                    session.Become(RunState.Stopped, "It was asked to stop.");
                    return;
                default:
                    session.Become(RunState.Paused);
                    if (!_requests.WaitWhilePaused(clock)) return;
                    break;
            }
        }
    }

    public static string Name(torch.ScalarType type) => type.ToString().ToLowerInvariant();

    /// <summary>As in "float32", or "bfloat16, nf4" where linears are packed.</summary>
    public static string WeightsType(IModel model) => string.Join(", ", [Name(model.Parameters[0].Value.dtype), .. model.Parameters.Select(parameter => parameter.Packed?.Storage).OfType<string>().Distinct()]);

    private void Report(TrainEvent e)
    {
        if (e is not Failed) session.Log(e); // how a run ends is recorded once, by the session
    }

    private sealed class FixedTime(DateTimeOffset time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time;
    }
}
