using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Pretraining;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Training.Loop;

namespace TuneSharp.Application.Reports;

/// <summary>One key of the run's settings.</summary>
internal sealed record ReportedSetting(string Key, string Value, string Default, string Description, string Chinese)
{
    public bool IsChanged => Value != Default;
}

/// <summary>Everything that the folder of a run tells about it, gathered for the report. Nothing is computed anew and no weight is read.</summary>
internal sealed record RunReport(RunFolder Run, RunStatus Status, IReadOnlyList<RunEvent> Events, RunManifest? Manifest, IReadOnlyList<ReportedSetting> Settings, EvaluationFile? Evaluation)
{
    public IReadOnlyList<StepCompleted> Steps { get; } = [.. Events.Select(e => e.Body).OfType<StepCompleted>()];

    public IReadOnlyList<EvalCompleted> Validations { get; } = [.. Events.Select(e => e.Body).OfType<EvalCompleted>()];

    public Prepared? Prepared { get; } = Last<Prepared>(Events);

    public Started? Started { get; } = Last<Started>(Events);

    public IReadOnlyList<Warning> Warnings { get; } = [.. Events.Select(e => e.Body).OfType<Warning>()];

    /// <summary>Time of all attempts in which steps were made.</summary>
    public TimeSpan TrainingTime
    {
        get
        {
            TimeSpan time = TimeSpan.Zero;
            DateTimeOffset? begun = null, last = null;
            foreach (RunEvent e in Events)
            {
                if (e.Body is Started)
                {
                    if (begun is not null) time += last!.Value - begun.Value;
                    begun = e.Time;
                }
                if (e.Body is StateChanged { State: RunState.Starting } && begun is not null)
                {
                    time += last!.Value - begun.Value;
                    begun = null;
                }
                if (e.Body is TrainEvent) last = e.Time;
            }
            return begun is not null ? time + (last!.Value - begun.Value) : time;
        }
    }

    /// <exception cref="InvalidInputException">The folder cannot be read as a run.</exception>
    public static RunReport Read(RunFolder run)
    {
        RunStatus status = RunStatus.Read(run);
        return new RunReport(run, status, EventLogReader.ReadEffective(run.Events), File.Exists(run.Manifest) ? RunManifest.Read(run) : null,
            status.Kind == RunKind.Pretrain ? SettingsOf<PretrainingRequest>(run) : SettingsOf<FineTuneRequest>(run), File.Exists(run.Evaluation) ? EvaluationFile.Read(run.Evaluation) : null);
    }

    public string? Setting(string key) => Settings.FirstOrDefault(setting => setting.Key == key)?.Value.Trim('"');

    private static T? Last<T>(IReadOnlyList<RunEvent> events)
        where T : class => events.Select(e => e.Body).OfType<T>().LastOrDefault();

    private static IReadOnlyList<ReportedSetting> SettingsOf<TRequest>(RunFolder run)
        where TRequest : new()
    {
        TRequest request = RecipeBinder.Bind<TRequest>(RecipeYaml.Load(run.ResolvedRecipe), []).Request;
        return [.. SettingCatalog.For<TRequest>().All.Where(setting => setting.AppliesTo(request!)).Select(setting => new ReportedSetting(setting.Key, SettingValue.Write(setting.Read(request!)), setting.DefaultText, setting.Setting.Description, setting.Setting.Chinese))];
    }
}
