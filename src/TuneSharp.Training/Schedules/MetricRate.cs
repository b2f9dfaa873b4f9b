namespace TuneSharp.Training.Schedules;

/// <summary>What a rate that follows a metric remembers; saved with a checkpoint.</summary>
/// <param name="Rate">The learning rate now.</param>
/// <param name="Best">Best metric so far; null before the first.</param>
/// <param name="NumBad">Metrics in a row that were no better.</param>
/// <param name="NumGood">Metrics in a row that were better.</param>
/// <param name="Cooldown">Metrics that are still passed over after a reduction.</param>
/// <param name="Warmup">Metrics that are still passed over after a rise.</param>
/// <param name="ReductionsAtFloor">Reductions that were asked for at the lowest rate.</param>
/// <param name="Window">The last metrics, where they are averaged.</param>
public sealed record MetricRateState(double Rate, double? Best = null, int NumBad = 0, int NumGood = 0, int Cooldown = 0, int Warmup = 0, int ReductionsAtFloor = 0, IReadOnlyList<double>? Window = null);

/// <summary>A learning rate that is no function of the step but of what was measured: of the validation loss after each evaluation.</summary>
internal abstract class MetricRate
{
    private readonly bool _max, _relative;
    private readonly double _threshold;

    /// <param name="a">Reads mode, threshold and threshold_mode; patience, factor, eps and min_lr.</param>
    /// <param name="factor">Default of factor.</param>
    /// <param name="threshold">Default of threshold.</param>
    /// <param name="thresholdModes">rel and abs, the default first.</param>
    /// <param name="minRate">Default of min_lr.</param>
    protected MetricRate(ScheduleArguments a, double factor, double threshold, string[] thresholdModes, double minRate)
    {
        State = new MetricRateState(a.Peak);
        _max = a.Choice("mode", "min", "min", "max") == "max";
        _threshold = a.Number("threshold", threshold);
        _relative = a.Choice("threshold_mode", thresholdModes[0], thresholdModes) == "rel";
        Factor = a.Number("factor", factor);
        if (Factor is not (> 0 and < 1)) throw a.Wrong("factor", $"is {Factor}; it must be above 0 and below 1");
        Patience = a.Count("patience") ?? 10;
        CooldownLength = a.Count("cooldown") ?? 0;
        MinRate = a.Number("min_lr", minRate);
        Resolution = a.Number("eps", 1e-8);
    }

    /// <summary>To go on from a checkpoint, set it.</summary>
    public MetricRateState State { get; set; }

    protected double Factor { get; }

    protected int Patience { get; }

    protected int CooldownLength { get; }

    protected double MinRate { get; }

    /// <summary>Smaller changes of the rate are not made.</summary>
    protected double Resolution { get; }

    public abstract void Observe(double metric);

    protected bool IsBetter(double metric)
    {
        double best = State.Best ?? (_max ? double.NegativeInfinity : double.PositiveInfinity);
        double sign = _max ? 1 : -1;
        double limit = _relative ? best * (1 + sign * _threshold) : best + sign * _threshold;
        return _max ? metric > limit : metric < limit;
    }

    protected double Reduced(double rate)
    {
        double lower = Math.Max(rate * Factor, MinRate);
        return rate - lower > Resolution ? lower : rate;
    }
}
