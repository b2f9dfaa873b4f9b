using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.Pretraining;

/// <summary>Everything that a person can say about a pre-training run; recipe file and command line alike.</summary>
public sealed record PretrainingRequest
{
    public RunSettings Run { get; init; } = new();

    public PretrainSettings Pretrain { get; init; } = new();

    public DataSettings Data { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    /// <exception cref="Formats.InvalidInputException">The first value that cannot be used, with its key, limit and remedy.</exception>
    public void Validate()
    {
        Run.Validate();
        Pretrain.Validate();
        Data.Validate();
        if (Data.Task != TrainingTask.CausalLm) throw new Formats.InvalidInputException("task is classification, and pre-training learns texts.", "task", "Remove it, or train a classifier with `tunesharp train`.");
        Training.Validate();
    }
}
