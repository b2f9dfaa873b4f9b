using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Recipes;

/// <summary>What the training of a classifier takes. The rows have <see cref="TrainingExample.Targets"/> that fit the model's head.</summary>
public sealed record ClassificationRequest
{
    /// <summary>The loaded base with its head; an adapter is attached to it, full fine-tuning changes it. The head is trained in any case.</summary>
    public required ISequenceClassifier Model { get; init; }

    /// <summary>Path or name of the base, for adapter_config.json.</summary>
    public string? BaseModel { get; init; }

    public required MethodSettings Method { get; init; }

    /// <summary>A text's ids with the tokens that the tokenizer puts around a text, for methods that begin with words; null: no tokenizer.</summary>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }

    public required TrainingSettings Training { get; init; }

    public required IReadOnlyList<TrainingExample> Train { get; init; }

    public IReadOnlyList<TrainingExample> Validation { get; init; } = [];

    /// <summary>What is measured on the validation rows beside the loss; null: nothing.</summary>
    public ClassifierMetrics? Metrics { get; init; }

    /// <summary>Names of what <see cref="Metrics"/> gives.</summary>
    public IReadOnlyList<string> MetricNames { get; init; } = [];

    public required string CheckpointsFolder { get; init; }

    /// <summary>The adapter or model folder that is written at the end.</summary>
    public required string ResultFolder { get; init; }

    /// <summary>A checkpoint of this run (<see cref="Checkpoints.CheckpointStore.Latest"/>); null: from the beginning.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Writes what belongs beside the result (tokenizer, names of the classes) into the folder before it gets its name.</summary>
    public Action<string>? AddToResult { get; init; }

    public required Action<TrainEvent> Report { get; init; }

    public Func<RunRequest> Poll { get; init; } = () => RunRequest.None;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>Training of a classifier: the loss of its head over whole rows, through the same loop as every other training.</summary>
public static class ClassificationRecipe
{
    /// <exception cref="InvalidInputException">Settings, data or checkpoint cannot be used; refused before the first step.</exception>
    /// <exception cref="TrainingFailedException">Training broke down; the last checkpoint is sound.</exception>
    public static SftOutcome Run(ClassificationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        ITuningMethod method = PeftCatalog.CreateForTraining(request.Method, request.Model.Tunable, request.Training.Seed, request.BaseModel, request.Tokenize);
        try
        {
            RequireTrainedHead(method, request.Model);
            using var loop = new TrainLoop(new TrainJob
            {
                Objective = new SequenceClassificationObjective(request.Model, request.Training.LabelSmoothingFactor) { Metrics = request.Metrics, MetricNames = request.MetricNames },
                Method = method,
                Train = request.Train,
                Validation = request.Validation,
                Settings = request.Training,
                CheckpointsFolder = request.CheckpointsFolder,
                ResultFolder = request.ResultFolder,
                AddToResult = request.AddToResult,
                ResumeFrom = request.ResumeFrom,
                Report = request.Report,
                Poll = request.Poll,
                Clock = request.Clock,
            });
            return new SftOutcome(loop.Run(), method);
        }
        catch
        {
            method.Dispose();
            throw;
        }
    }

    // A new head that stays random would never show in the loss's fall alone.
    private static void RequireTrainedHead(ITuningMethod method, ISequenceClassifier model)
    {
        foreach (Linear head in model.Tunable.TaskHeads)
        {
            string name = head.Weight.Name;
            if (method.Trained.Any(parameter => parameter.Name == name || parameter.Name.EndsWith("." + name, StringComparison.Ordinal))) continue;
            throw new InvalidInputException($"The method {method.Name} does not train the head `{head.Name}`, which a classifier needs.", "method", "Choose another method, such as full.");
        }
    }

    private static void Check(ClassificationRequest request)
    {
        if (request.Training is { ZLoss: > 0 } or { FocalGamma: > 0 })
            throw new InvalidInputException("z_loss and focal_gamma change the loss of a token, and a classifier learns rows.", request.Training.ZLoss > 0 ? "z_loss" : "focal_gamma", "Set it to 0.");
        if (request.Training.LabelSmoothingFactor > 0 && request.Model.Problem != ProblemType.SingleLabelClassification)
            throw new InvalidInputException("label_smoothing_factor spreads the target over classes of which a row has one, and these rows have several or are values.", "label_smoothing_factor", "Set it to 0.");
        int expected = request.Model.Problem == ProblemType.SingleLabelClassification ? 1 : request.Model.NumLabels;
        foreach (TrainingExample row in request.Train.Concat(request.Validation))
        {
            float[] targets = row.Targets ?? throw new InvalidInputException("The row has no label.", row.Source?.ToString(), "Give every row a label.");
            if (targets.Length != expected || (expected == 1 && request.Model.Problem == ProblemType.SingleLabelClassification && !(targets[0] >= 0 && targets[0] < request.Model.NumLabels)))
                throw new InvalidInputException($"The label {string.Join(", ", targets)} is outside the head of {request.Model.NumLabels} outputs.", row.Source?.ToString(), "Correct it, or name every class with labels.");
        }
    }
}
