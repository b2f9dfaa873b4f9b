using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Recipes;

/// <summary>What pre-training takes: the shape of a model, and text cut into blocks whose every token is a label.</summary>
public sealed record PretrainRequest
{
    /// <summary>The model's config.json; its weights are drawn from <see cref="TrainingSettings.Seed"/>.</summary>
    public required HfConfig Config { get; init; }

    public required TrainingSettings Training { get; init; }

    public required IReadOnlyList<TrainingExample> Train { get; init; }

    public IReadOnlyList<TrainingExample> Validation { get; init; } = [];

    public required string CheckpointsFolder { get; init; }

    /// <summary>The model folder that is written at the end; tokenizer files are the caller's.</summary>
    public required string ResultFolder { get; init; }

    public string? ResumeFrom { get; init; }

    /// <summary>Type of a whole model's weights in the result; null: as in memory. Adapters and checkpoints are not concerned.</summary>
    public torch.ScalarType? ResultType { get; init; }

    /// <summary>Writes what belongs beside the result (tokenizer, chat template) into the folder before it gets its name.</summary>
    public Action<string>? AddToResult { get; init; }

    public required Action<TrainEvent> Report { get; init; }

    public Func<RunRequest> Poll { get; init; } = () => RunRequest.None;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>Pre-training of a small model from nothing: full training of a model with random weights, through the same loop.</summary>
public static class PretrainRecipe
{
    /// <returns>How it ended, and the model with the result's weights.</returns>
    public static (Finished Finished, ICausalLm Model) Run(PretrainRequest request)
    {
        ICausalLm model = ModelCatalog.CreateRandom(request.Config, request.Training.Seed);
        SftOutcome outcome = SftRecipe.Run(new SftRequest
        {
            Model = model,
            Method = new MethodSettings { Method = "full" },
            Training = request.Training,
            Train = request.Train,
            Validation = request.Validation,
            CheckpointsFolder = request.CheckpointsFolder,
            ResultFolder = request.ResultFolder,
            ResultType = request.ResultType,
            AddToResult = request.AddToResult,
            ResumeFrom = request.ResumeFrom,
            Report = request.Report,
            Poll = request.Poll,
            Clock = request.Clock,
        });
        outcome.Method.Dispose();
        return (outcome.Finished, model);
    }
}
