using System.Text.Json;
using System.Text.Json.Serialization;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Training.Checkpoints;

/// <summary>
/// What the loop knows beside weights and moments. Order of rows, dropout and learning rate are functions of seed and step, so
/// these numbers are the whole random state and data cursor.
/// </summary>
public sealed record TrainerState
{
    public const int CurrentVersion = 1;

    public const string FileName = "trainer_state.json";

    /// <summary>Of this file's layout.</summary>
    public int FormatVersion { get; init; } = CurrentVersion;

    /// <summary>Optimizer steps that are done, skipped ones included: the data cursor.</summary>
    public required int Step { get; init; }

    /// <summary>Steps that changed the weights.</summary>
    public required int AppliedSteps { get; init; }

    /// <summary>Name of the optimizer whose memory lies beside this file.</summary>
    public string Optimizer { get; init; } = Optimizers.OptimizerCatalog.Default;

    public int TotalSteps { get; init; }

    public long Seed { get; init; }

    /// <summary>Rows of training data; another number is another run.</summary>
    public int NumTrainExamples { get; init; }

    public int ConsecutiveSkips { get; init; }

    public long NumTokens { get; init; }

    public double? BestEvalLoss { get; init; }

    /// <summary>The value of metric_for_best_model at <see cref="BestStep"/>; null where that is the loss.</summary>
    public double? BestMetric { get; init; }

    public int? BestStep { get; init; }

    public int EvaluationsWithoutImprovement { get; init; }

    /// <summary>The run was stopped in the middle of the evaluation after this step; resuming begins with it.</summary>
    public bool EvaluationPending { get; init; }

    /// <summary>What a learning-rate schedule has seen that follows the validation loss.</summary>
    public Schedules.MetricRateState? Schedule { get; init; }

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,    // a validation loss may be no number
    };

    public void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Form) + "\n");

    /// <exception cref="InvalidInputException">Missing, damaged, or of a newer layout.</exception>
    public static TrainerState Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            TrainerState state = JsonSerializer.Deserialize<TrainerState>(RegularFile.ReadAll(path, 1 << 20), Form)!;
            if (state.FormatVersion > CurrentVersion)
                throw new InvalidInputException($"The checkpoint has the layout {state.FormatVersion}; this program knows up to {CurrentVersion}.", path, "Resume it with a newer TuneSharp.");
            return state;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException("The file is damaged: " + e.Message, path, "Resume from another checkpoint.", e);
        }
    }
}
