using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Machine;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Preparation;
using TuneSharp.Formats;
using TuneSharp.Models;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Planning;

/// <summary>
/// Proposes a run for a model, rows and memory: it looks at the rows' lengths, then goes from the settings that learn best to
/// those that take least, and takes the first that fits (<see cref="PlanLadder"/>).
/// </summary>
public sealed class PlanFineTune(HomeFolder home, TimeProvider clock)
{
    /// <summary>Of the memory: the estimate is right within a tenth.</summary>
    private const double Usable = 0.9;

    /// <param name="request">Model, rows, memory.</param>
    /// <param name="progress">Told how far the rows are read.</param>
    /// <exception cref="InvalidInputException">Model or rows cannot be used, or no way of training fits into the memory.</exception>
    public FineTunePlan Execute(PlanRequest request, Action<PreparationProgress>? progress = null)
    {
        long memory = request.MemoryBytes ?? MachineMemory.Free();
        var asked = new FineTuneRequest
        {
            Model = new() { ModelNameOrPath = request.Model },
            Data = new() { Dataset = request.Dataset, OverlongRows = OverlongRows.Truncate },
        };
        FineTuneRequest start = new RequestPaths(home, null).MakeAbsolute(asked);
        FineTuneInputs inputs = FineTuneInputs.Load(start, clock, home, progress);
        PlannedRows rows = PlannedRows.Of(inputs.Data);
        FineTuneRequest basis = rows.ApplyTo(start);
        IReadOnlyList<TrainingExample> train = [.. inputs.Data.Train.Select(row => row.First(rows.MaxLength))];

        long parameters = ModelCatalog.SizesOf(ModelCatalog.ReadConfig(start.Model.ModelNameOrPath!)).NumParameters;
        long least = long.MaxValue;
        foreach (PlanStep step in PlanLadder.Steps(basis, parameters, rows))
        {
            long bytes = RunMemory.Of(step.Request, train).Total;
            least = Math.Min(least, bytes);
            if (bytes > Usable * memory) continue;
            return new FineTunePlan(step.Request, [.. Named(start), .. step.Settings, .. rows.Settings], bytes, memory, train.Count, StepPlan.Create(train.Count, step.Request.Training).TotalSteps);
        }
        throw new InvalidInputException($"The leanest way of training this model takes about {Gigabytes(least)} GB of memory, and {Gigabytes(memory)} GB were given.", null,
            "Take a smaller model or shorter rows.");
    }

    private static IEnumerable<PlannedSetting> Named(FineTuneRequest request) =>
    [
        new("model_name_or_path", SettingValue.Write(request.Model.ModelNameOrPath), "The base model."),
        new("dataset", SettingValue.Write(request.Data.Dataset), "The rows to learn from."),
    ];

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
