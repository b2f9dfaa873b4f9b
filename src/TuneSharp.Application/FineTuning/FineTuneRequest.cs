using TuneSharp.Application.Runs;
using TuneSharp.Data;
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

    public MethodSettings Method { get; init; } = new();

    public TrainingSettings Training { get; init; } = new();

    /// <exception cref="Formats.InvalidInputException">The first value that cannot be used, with its key, limit and remedy.</exception>
    public void Validate()
    {
        Run.Validate();
        Model.Validate();
        Data.Validate();
        Method.Validate();
        Training.Validate();
    }
}
