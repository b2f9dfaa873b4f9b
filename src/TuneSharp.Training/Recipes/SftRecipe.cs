using TorchSharp;
using TuneSharp.Data;
using TuneSharp.Models;
using TuneSharp.Peft;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Loop;
using TuneSharp.Training.Objectives;
using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Recipes;

/// <summary>What supervised fine-tuning takes. The rows are rendered already: ids, and labels of what is learned.</summary>
public sealed record SftRequest
{
    /// <summary>The loaded base; an adapter is attached to it, full fine-tuning changes it.</summary>
    public required ICausalLm Model { get; init; }

    /// <summary>Path or name of the base, for adapter_config.json.</summary>
    public string? BaseModel { get; init; }

    public required MethodSettings Method { get; init; }

    /// <summary>A text's ids with the tokens that the tokenizer puts around a text, for methods that begin with words; null: no tokenizer.</summary>
    public Func<string, IReadOnlyList<int>>? Tokenize { get; init; }

    public required TrainingSettings Training { get; init; }

    public required IReadOnlyList<TrainingExample> Train { get; init; }

    public IReadOnlyList<TrainingExample> Validation { get; init; } = [];

    public required string CheckpointsFolder { get; init; }

    /// <summary>The adapter or model folder that is written at the end.</summary>
    public required string ResultFolder { get; init; }

    /// <summary>A checkpoint of this run (<see cref="Checkpoints.CheckpointStore.Latest"/>); null: from the beginning.</summary>
    public string? ResumeFrom { get; init; }

    /// <summary>Type of a whole model's weights in the result; null: as in memory. Adapters and checkpoints are not concerned.</summary>
    public torch.ScalarType? ResultType { get; init; }

    /// <summary>Writes what belongs beside the result (tokenizer, chat template) into the folder before it gets its name.</summary>
    public Action<string>? AddToResult { get; init; }

    public required Action<TrainEvent> Report { get; init; }

    public Func<RunRequest> Poll { get; init; } = () => RunRequest.None;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <param name="Finished">How it ended.</param>
/// <param name="Method">The trained adapter, attached to the model with the values of the result. The caller disposes it, which takes it off.</param>
public sealed record SftOutcome(Finished Finished, ITuningMethod Method);

/// <summary>Supervised fine-tuning: next-token loss on the labelled tokens of each row.</summary>
public static class SftRecipe
{
    /// <exception cref="Formats.InvalidInputException">Settings, data or checkpoint cannot be used; refused before the first step.</exception>
    /// <exception cref="TrainingFailedException">Training broke down; the last checkpoint is sound.</exception>
    public static SftOutcome Run(SftRequest request)
    {
        ITuningMethod method = PeftCatalog.CreateForTraining(request.Method, request.Model.Tunable, request.Training.Seed, request.BaseModel, request.Tokenize);
        try
        {
            using var loop = new TrainLoop(new TrainJob
            {
                Objective = new CausalLmObjective(request.Model, request.Training.TokenLoss),
                Method = method,
                Train = request.Train,
                Validation = request.Validation,
                Settings = request.Training,
                CheckpointsFolder = request.CheckpointsFolder,
                ResultFolder = request.ResultFolder,
                ResultType = request.ResultType,
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
}
