using System.Text.Json.Nodes;

namespace TuneSharp.Training.Schedules;

/// <summary>
/// The learning rate as a pure function of the optimizer step, which has no state, so that a resumed run cannot differ; or as one of the
/// validation losses so far (reduce_lr_on_plateau, greedy), whose state is saved with a checkpoint. Formulas, argument names and roundings are those of Hugging Face transformers (optimization.py).
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly Func<int, double>? _factor;
    private readonly MetricRate? _metricRate;

    private LearningRateSchedule(string name, double peak, int warmupSteps, int totalSteps, Func<int, double>? factor, MetricRate? metricRate)
    {
        Name = name;
        Peak = peak;
        WarmupSteps = warmupSteps;
        TotalSteps = totalSteps;
        _factor = factor;
        _metricRate = metricRate;
    }

    public string Name { get; }

    /// <summary>The rate that the factor is applied to.</summary>
    public double Peak { get; }

    public int WarmupSteps { get; }

    public int TotalSteps { get; }

    /// <param name="name">One of <see cref="ScheduleCatalog.Names"/>.</param>
    /// <param name="peak">Highest rate, after warm-up.</param>
    /// <param name="warmupSteps">Optimizer steps of warm-up; most schedules start at a rate of 0 then.</param>
    /// <param name="totalSteps">Optimizer steps of the whole run.</param>
    /// <param name="arguments">The schedule's own arguments; an unknown one is an error.</param>
    /// <exception cref="Formats.InvalidInputException">Unknown name or argument, or an argument out of its range.</exception>
    public static LearningRateSchedule Create(string name, double peak, int warmupSteps, int totalSteps, JsonObject? arguments = null)
    {
        ScheduleEntry entry = ScheduleCatalog.Find(name);
        var given = new ScheduleArguments(name, peak, warmupSteps, totalSteps, arguments);
        Func<int, double>? factor = entry.Build?.Invoke(given);
        MetricRate? metricRate = entry.Follow?.Invoke(given);
        given.RefuseUnread();
        return new LearningRateSchedule(name, peak, warmupSteps, totalSteps, factor, metricRate);
    }

    /// <summary>The rate of the optimizer step that follows <paramref name="completedSteps"/> completed ones (0 for the first).</summary>
    public double At(int completedSteps) => _metricRate?.State.Rate ?? Peak * _factor!(completedSteps);

    /// <summary>It changes with what is measured: without evaluations it would stay as it is.</summary>
    public bool FollowsMetric => _metricRate is not null;

    /// <summary>Tells it a validation loss; a schedule that is a function of the step takes no notice.</summary>
    public void Observe(double metric) => _metricRate?.Observe(metric);

    /// <summary>What it has seen; null for a function of the step. To go on from a checkpoint, set it.</summary>
    public MetricRateState? Seen
    {
        get => _metricRate?.State;
        set
        {
            if (_metricRate is not null && value is not null) _metricRate.State = value;
        }
    }

    /// <summary>
    /// Warm-up in optimizer steps: 1 and above is a number of steps (fractions are cut off), below 1 a share of all
    /// steps, rounded up.
    /// </summary>
    public static int ResolveWarmup(double warmupSteps, int totalSteps) =>
        warmupSteps >= 1 ? (int)warmupSteps : (int)Math.Ceiling(warmupSteps * totalSteps);
}
