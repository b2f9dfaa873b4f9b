namespace TuneSharp.Training.Loop;

/// <summary>What a run tells while it goes on. Records with plain values: they are written to events.jsonl as they stand.</summary>
public abstract record TrainEvent;

/// <param name="TotalSteps">Optimizer steps of the whole run.</param>
/// <param name="NumEpochs">Epochs that are started.</param>
/// <param name="NumTrainExamples">Rows that are trained on.</param>
/// <param name="NumEvalExamples">Rows that are evaluated on.</param>
/// <param name="NumTrainedParameters">Numbers that training changes.</param>
/// <param name="NumParameters">All numbers of the model and its adapter.</param>
/// <param name="ResumedAtStep">Completed steps of the checkpoint that the run goes on from; 0 for a new run.</param>
public sealed record Started(int TotalSteps, int NumEpochs, int NumTrainExamples, int NumEvalExamples, long NumTrainedParameters, long NumParameters, int ResumedAtStep) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="TotalSteps">Of the whole run.</param>
/// <param name="Epoch">Share of the data seen; 1.5 = in the middle of the second pass.</param>
/// <param name="Loss">Mean over the labelled tokens of this step, in nats per token, before the step.</param>
/// <param name="LearningRate">Used by this step.</param>
/// <param name="GradNorm">2-norm of all gradients before clipping.</param>
/// <param name="TokensPerSecond">Tokens (labelled or not) of this step by its time.</param>
/// <param name="NumTokens">Tokens trained on so far.</param>
/// <param name="MemoryBytes">Resident memory of the process.</param>
/// <param name="Remaining">Estimate until the last step; null while too little is known.</param>
/// <param name="Skipped">True if loss or gradient was not finite and nothing was changed.</param>
public sealed record StepCompleted(int Step, int TotalSteps, double Epoch, double Loss, double LearningRate, double GradNorm,
    double TokensPerSecond, long NumTokens, long MemoryBytes, TimeSpan? Remaining, bool Skipped = false) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="Epoch">Share of the data seen.</param>
/// <param name="Loss">Mean over the labelled tokens of the validation rows, nats per token; of a classifier mean over the rows.</param>
/// <param name="NumLabelledTokens">How many these are.</param>
/// <param name="Best">Better than every evaluation before.</param>
/// <param name="Elapsed">Time of the evaluation.</param>
/// <param name="Metrics">What was measured beside the loss, by name; null: nothing.</param>
public sealed record EvalCompleted(int Step, double Epoch, double Loss, long NumLabelledTokens, bool Best, TimeSpan Elapsed, IReadOnlyDictionary<string, double>? Metrics = null) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="Folder">The checkpoint's folder.</param>
/// <param name="Bytes">Size of all its files.</param>
public sealed record CheckpointSaved(int Step, string Folder, long Bytes) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="Code">Short name for programs, as `non_finite_step`.</param>
/// <param name="Message">For people.</param>
public sealed record Warning(int Step, string Code, string Message) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="Message">For people: what went wrong and what to do.</param>
public sealed record Failed(int Step, string Message) : TrainEvent;

/// <param name="Step">Completed optimizer steps.</param>
/// <param name="Reason">Why the run ended.</param>
/// <param name="TrainLoss">Mean of the steps' losses of this process.</param>
/// <param name="BestEvalLoss">Validation loss of the best evaluation; null without one.</param>
/// <param name="BestStep">The step it was measured after.</param>
/// <param name="ResultStep">The step whose weights are the result.</param>
/// <param name="Elapsed">Time of this process's part of the run.</param>
public sealed record Finished(int Step, StopReason Reason, double? TrainLoss, double? BestEvalLoss, int? BestStep, int ResultStep, TimeSpan Elapsed) : TrainEvent;

public enum StopReason
{
    /// <summary>All steps are done.</summary>
    Completed,

    /// <summary>The validation loss no longer fell.</summary>
    EarlyStopped,

    /// <summary>Somebody asked for it; the model as it is is the result, and the run can be resumed.</summary>
    Stopped,

    /// <summary>Somebody asked for it; a checkpoint was written, no result.</summary>
    Paused,
}

/// <summary>What the loop asks between two micro-batches.</summary>
public enum RunRequest { None, Stop, Pause }
