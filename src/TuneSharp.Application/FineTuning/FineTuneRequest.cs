using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Models.Settings;
using TuneSharp.Peft.Settings;
using TuneSharp.Training.Settings;

namespace TuneSharp.Application.FineTuning;

/// <summary>
/// Everything that a person can say about a fine-tuning run. It is the recipe file and the overrides of the command line
/// alike; each part is declared, described and checked by the component that it steers.
/// </summary>
public sealed record FineTuneRequest
{
    public RunSettings Run { get; init; } = new();

    public ModelSettings Model { get; init; } = new();

    public DataSettings Data { get; init; } = new();

    public ClassificationSettings Classification { get; init; } = new();

    public MethodSettings Method { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    /// <exception cref="InvalidInputException">The first value that cannot be used, with its key, limit and remedy.</exception>
    public void Validate()
    {
        Run.Validate();
        Model.Validate();
        Data.Validate();
        Classification.Validate();
        if (Classification.IsGiven && Data.Task != TrainingTask.Classification) throw new InvalidInputException("labels, num_labels and problem_type are for classification.", "task", "Set task: classification, or remove them.");
        Method.Validate();
        Training.Validate();
    }
}
