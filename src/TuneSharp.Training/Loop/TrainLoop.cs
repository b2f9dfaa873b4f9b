using TorchSharp;
using TuneSharp.Formats.Files;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Training.Checkpoints;
using TuneSharp.Training.Optimizers;
using TuneSharp.Training.Regularization;
using TuneSharp.Training.Schedules;

namespace TuneSharp.Training.Loop;

/// <summary>
/// The loop over optimizer steps: step, report, evaluate, checkpoint, stop. Everything random is a function of seed and step, so
/// a run that is stopped anywhere and resumed gives the same bits as one that was not, on the same machine.
/// </summary>
public sealed class TrainLoop : IDisposable
{
    private readonly TrainJob _job;
    private readonly StepPlan _plan;
    private readonly LearningRateSchedule _schedule;
    private readonly MicroBatches _batches;
    private readonly Workspace _workspace;
    private readonly IOptimizer _optimizer;
    private readonly TrainStep _step;
    private readonly CheckpointStore _checkpoints;
    private readonly StepReporter _reporter;
    private readonly NeftuneNoise? _noise;
    private BestWatch _watch;
    private int _completed, _skipsInARow;
    private long _numTokens;
    private RunRequest _request;

    /// <summary>An evaluation was due at this step and did not come to its end.</summary>
    private bool _evaluationPending;

    /// <exception cref="Formats.InvalidInputException">Settings, data or the checkpoint cannot be used; nothing was changed.</exception>
    public TrainLoop(TrainJob job)
    {
        _job = job;
        job.Settings.Validate();
        _watch = BestWatch.From(job.Settings, job.Objective.MetricNames);
        _plan = StepPlan.Create(job.Train.Count, job.Settings);
        int warmup = LearningRateSchedule.ResolveWarmup(job.Settings.WarmupSteps, _plan.TotalSteps);
        _schedule = LearningRateSchedule.Create(job.Settings.LrSchedulerType, job.Settings.LearningRate, warmup, _plan.TotalSteps, job.Settings.LrSchedulerKwargs);
        if (_schedule.FollowsMetric && (job.Validation.Count == 0 || job.Settings.EvalSteps == 0))
            throw new Formats.InvalidInputException($"The learning-rate schedule {_schedule.Name} follows the validation loss, and nothing is evaluated.", "lr_scheduler_type", "Keep rows aside for validation (val_size) and set eval_steps, or choose another schedule.");
        _batches = new MicroBatches(job.Train, _plan, job.Settings);
        _checkpoints = new CheckpointStore(job.CheckpointsFolder);
        _workspace = WorkspaceFor(job.Objective.Model);
        job.Objective.Model.RecomputeBlocks = job.Settings.GradientCheckpointing;
        _optimizer = OptimizerCatalog.Create(job.Settings, job.Method.Trained);
        _step = new TrainStep(job.Objective, job.Method.Trained, _optimizer, _workspace, job.Settings.Seed, job.Settings.MaxGradNorm, job.Settings.GradNorm, job.Settings.MaxGradValue);
        _reporter = new StepReporter(job.Report, job.Clock, _plan, job.Settings.LoggingSteps);
        if (job.Settings.NeftuneNoiseAlpha is { } alpha)
            _noise = new NeftuneNoise(alpha, job.Objective.Model.Tunable.Embedding ?? throw new Formats.InvalidInputException("This model has no token embedding to add noise to.", "neftune_noise_alpha", "Remove it."));
        try
        {
            if (job.ResumeFrom is not null) Resume(job.ResumeFrom);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whole float32 weights that are computed with in bfloat16 are trained as by autocast, with a float32 residual stream; weights that
    /// are bfloat16 themselves are not (Hugging Face's `bf16` and LLaMA-Factory's `pure_bf16`).
    /// </summary>
    private static Workspace WorkspaceFor(IModel model) => new(model.ComputeType, wideResidual: model.Parameters.All(p => p.Packed is null && p.Value.dtype == torch.ScalarType.Float32));

    /// <summary>Trains to the end or until somebody stops it.</summary>
    /// <exception cref="TrainingFailedException">Too many steps without finite numbers; the last checkpoint is sound.</exception>
    /// <exception cref="SaveFailedException">The last checkpoint or the result could not be written.</exception>
    public Finished Run()
    {
        long began = _job.Clock.GetTimestamp();
        long trained = _job.Method.Trained.Sum(p => p.NumElements);
        long all = _job.Objective.Model.Parameters.Concat(_job.Method.Trained).Distinct().Sum(p => p.NumElements);
        // Weights and two moments each, twice: the newest checkpoint stands until the next one does.
        FreeSpace.Require(_job.CheckpointsFolder, 2 * 3 * sizeof(float) * trained, "Two checkpoints");
        _job.Report(new Started(_plan.TotalSteps, _plan.NumEpochs, _job.Train.Count, _job.Validation.Count, trained, all, _completed));
        StopReason reason = Loop();
        if (!_checkpoints.Has(_completed)) SaveCheckpoint(mustSucceed: true);
        int resultStep = reason == StopReason.Paused ? _completed : WriteResult();
        var finished = new Finished(_completed, reason, _reporter.MeanLoss, _watch.BestLoss, _watch.BestStep, resultStep, _job.Clock.GetElapsedTime(began));
        _job.Report(finished);
        return finished;
    }

    private bool IsLast => _completed == _plan.TotalSteps;

    private StopReason Loop()
    {
        var evaluate = new EveryNSteps(_job.Settings.EvalSteps, _plan);
        var save = new EveryNSteps(_job.Settings.SaveSteps, _plan);
        bool evaluates = _job.Validation.Count > 0 && _job.Settings.EvalSteps != 0;
        while (_completed < _plan.TotalSteps || _evaluationPending)
        {
            if (!_evaluationPending)
            {
                if (!OneStep()) return StopReasonOf(_request);
                _evaluationPending = evaluates && (evaluate.IsDue(_completed) || IsLast);
            }

            bool evaluated = _evaluationPending, improved = false;
            if (_evaluationPending)
            {
                if (Evaluate() is not { } better) return StopReasonOf(_request);
                (_evaluationPending, improved) = (false, better);
            }

            if (save.IsDue(_completed) || IsLast || (improved && _job.Settings.LoadBestModelAtEnd)) SaveCheckpoint();
            if (evaluated && _job.Settings.EarlyStoppingPatience <= _watch.WithoutImprovement) return StopReason.EarlyStopped;
        }

        return StopReason.Completed;
    }

    /// <returns>False if somebody asked to stop; the step is then as if it had not begun.</returns>
    private bool OneStep()
    {
        double rate = _schedule.At(_completed);
        long began = _job.Clock.GetTimestamp();
        StepResult? result = _step.Run(_completed, _batches.Of(_completed), rate, Interrupted);
        if (result is null) return false;
        _completed++;
        _numTokens += result.NumTokens;
        _reporter.Step(_completed, result, rate, _numTokens, _job.Clock.GetElapsedTime(began));
        if (result.Applied) _skipsInARow = 0;
        else CountSkip(result);
        return true;
    }

    private void CountSkip(StepResult result)
    {
        _skipsInARow++;
        string what = double.IsFinite(result.Loss) ? "gradient" : "loss";
        _job.Report(new Warning(_completed, "non_finite_step", $"Step {_completed} was skipped: its {what} is not a finite number. The weights are as they were before it."));
        if (_skipsInARow < _job.Settings.MaxSkippedSteps) return;
        string? sound = CheckpointStore.Latest(_checkpoints.Folder);
        var failure = new TrainingFailedException($"The {what} was not a finite number in {_skipsInARow} steps in a row, up to step {_completed}.", sound,
            "Lower learning_rate or max_grad_norm, or look at the rows of these steps" + (sound is null ? "." : ", and resume from the last checkpoint."));
        _job.Report(new Failed(_completed, failure.Message));
        throw failure;
    }

    /// <returns>Whether it is the best so far; null if somebody asked to stop.</returns>
    private bool? Evaluate()
    {
        long began = _job.Clock.GetTimestamp();
        if (_job.Objective.Measure(_job.Validation, _job.Settings.PerDeviceEvalBatchSize, _workspace, Interrupted) is not { } measured) return null;
        _watch = _watch.After(_completed, measured, _job.Settings.EarlyStoppingThreshold);
        _schedule.Observe(measured.Loss);
        bool best = _watch.BestStep == _completed;
        _job.Report(new EvalCompleted(_completed, _plan.EpochsAfter(_completed), measured.Loss, measured.NumTerms, best, _job.Clock.GetElapsedTime(began), measured.Metrics.Count == 0 ? null : measured.Metrics));
        return best;
    }

    private bool Interrupted()
    {
        if (_request == RunRequest.None) _request = _job.Poll();
        return _request != RunRequest.None;
    }

    private static StopReason StopReasonOf(RunRequest request) => request == RunRequest.Pause ? StopReason.Paused : StopReason.Stopped;

    private void SaveCheckpoint(bool mustSucceed = false)
    {
        FiniteWeights.Require(_job.Method.Trained, _completed);
        var state = new TrainerState
        {
            Step = _completed,
            AppliedSteps = _optimizer.CompletedSteps,
            Optimizer = _optimizer.Name,
            TotalSteps = _plan.TotalSteps,
            Seed = _job.Settings.Seed,
            NumTrainExamples = _job.Train.Count,
            ConsecutiveSkips = _skipsInARow,
            NumTokens = _numTokens,
            BestEvalLoss = _watch.BestLoss,
            BestMetric = _watch.Metric == BestWatch.Loss ? null : _watch.Best,
            BestStep = _watch.BestStep,
            EvaluationsWithoutImprovement = _watch.WithoutImprovement,
            EvaluationPending = _evaluationPending,
            Schedule = _schedule.Seen,
        };
        try
        {
            long bytes = _checkpoints.Write(_completed, folder =>
            {
                TrainedWeights.Write(folder, _job.Objective.Model, _job.Method);
                OptimizerFile.Write(folder, _optimizer);
                state.Write(folder);
            });
            _job.Report(new CheckpointSaved(_completed, _checkpoints.PathOf(_completed), bytes));
        }
        catch (Formats.SaveFailedException e) when (!mustSucceed)
        {
            // The disk may have room again at the next one; hours of training are not thrown away for it.
            _job.Report(new Warning(_completed, "checkpoint_failed", "The checkpoint could not be written; training goes on and tries again at the next one. " + e.Message));
            return;
        }

        try
        {
            _checkpoints.Prune(_job.Settings.SaveTotalLimit, _job.Settings.LoadBestModelAtEnd ? _watch.BestStep : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _job.Report(new Warning(_completed, "checkpoint_not_deleted", "An old checkpoint could not be deleted. " + e.Message));
        }
    }

    /// <returns>The step whose weights are the result.</returns>
    private int WriteResult()
    {
        int step = _completed;
        if (_job.Settings.LoadBestModelAtEnd && _watch.BestStep is { } best && best != _completed && _checkpoints.Has(best))
        {
            TrainedWeights.Read(_checkpoints.PathOf(best), _job.Method);
            step = best;
        }

        if (_job.ResultFolder is { } result)
            AtomicFolder.Write(result, folder =>
            {
                TrainedWeights.Write(folder, _job.Objective.Model, _job.Method, _job.ResultType);
                _job.AddToResult?.Invoke(folder);
            }, replace: true);
        return step;
    }

    private void Resume(string folder)
    {
        AtomicFolder.Verify(folder);
        TrainerState state = TrainerState.Read(folder);
        if (state.NumTrainExamples != _job.Train.Count || state.TotalSteps != _plan.TotalSteps || state.Seed != _job.Settings.Seed)
            throw new Formats.InvalidInputException(
                $"The checkpoint is of a run with {state.NumTrainExamples} rows, {state.TotalSteps} steps and seed {state.Seed}; this one has {_job.Train.Count}, {_plan.TotalSteps} and {_job.Settings.Seed}.",
                folder, "Resume with the recipe and data that the run was started with, or start a new run with init_adapter.");
        if (state.Optimizer != _optimizer.Name)
            throw new Formats.InvalidInputException($"The checkpoint was written with the optimizer {state.Optimizer}; this run has {_optimizer.Name}.", folder, $"Set optim to {state.Optimizer} to go on.");
        TrainedWeights.Read(folder, _job.Method);
        OptimizerFile.Read(folder, _optimizer, state.AppliedSteps);
        _completed = state.Step;
        _skipsInARow = state.ConsecutiveSkips;
        _numTokens = state.NumTokens;
        _evaluationPending = state.EvaluationPending;
        _schedule.Seen = state.Schedule;
        _watch = _watch with { Best = _watch.Metric == BestWatch.Loss ? state.BestEvalLoss : state.BestMetric, BestLoss = state.BestEvalLoss, BestStep = state.BestStep, WithoutImprovement = state.EvaluationsWithoutImprovement };
    }

    public void Dispose()
    {
        _noise?.Dispose();
        _optimizer.Dispose();
        _workspace.Dispose();
    }
}
