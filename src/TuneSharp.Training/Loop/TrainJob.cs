using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Peft;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Loop;

/// <summary>Everything that one training run consists of, however its rows and its model came to be.</summary>
public sealed record TrainJob
{
    /// <summary>The model, and what is learned.</summary>
    public required IObjective Objective { get; init; }

    /// <summary>What of the model is trained; from <see cref="PeftCatalog.CreateForTraining"/>.</summary>
    public required ITuningMethod Method { get; init; }

    public required IReadOnlyList<TrainingExample> Train { get; init; }

    /// <summary>Rows that the loss is measured on; empty: no evaluation, the last step is the result.</summary>
    public IReadOnlyList<TrainingExample> Validation { get; init; } = [];

    public required TrainingSettings Settings { get; init; }

    /// <summary>Folder that holds one folder a checkpoint.</summary>
    public required string CheckpointsFolder { get; init; }

    /// <summary>Folder that the result is written to: an adapter as PEFT does, or a whole model; null: no result is written.</summary>
    public string? ResultFolder { get; init; }

    /// <summary>Type of a whole model's weights in the result; null: as in memory.</summary>
    public torch.ScalarType? ResultType { get; init; }

    /// <summary>Writes what belongs beside the result into the folder before it gets its name.</summary>
    public Action<string>? AddToResult { get; init; }

    /// <summary>A checkpoint of the same run to go on from; null: from the beginning.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Receives each event, on the training thread.</summary>
    public required Action<TrainEvent> Report { get; init; }

    /// <summary>Asked between micro-batches whether to go on. A step that was begun is then given up: resuming repeats it.</summary>
    public Func<RunRequest> Poll { get; init; } = () => RunRequest.None;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
