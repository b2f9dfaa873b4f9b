namespace TuneSharp.Training.Schedules;

/// <summary>
/// Rises while the metric becomes better and falls while it does not (GreedyLR, arXiv:2512.14527), each after more than `patience`
/// evaluations, as Hugging Face's transformers has it. After `reset_start` reductions that found the rate at its floor all begins anew.
/// </summary>
internal sealed class GreedyRate : MetricRate
{
    private readonly double _peak, _maxRate;
    private readonly int _warmupLength, _windowSize, _resetAfter;

    public GreedyRate(ScheduleArguments a) : base(a, factor: 0.95, threshold: 1e-6, ["abs", "rel"], minRate: 1e-3)
    {
        _peak = a.Peak;
        _maxRate = a.Number("max_lr", 1);
        _warmupLength = a.Count("warmup") ?? 0;
        bool smooth = a.Flag("smooth", false);
        int window = a.Count("window_size") ?? 50;
        if (window == 0) throw a.Wrong("window_size", "is 0; it must be at least 1");
        _windowSize = smooth ? window : 1;
        _resetAfter = a.Count("reset_start") ?? 500;
    }

    public override void Observe(double metric)
    {
        double[] window = [.. (State.Window ?? []).Append(metric).TakeLast(_windowSize)];
        double mean = window.Average();
        State = State with { Window = window };
        if (State.Cooldown > 0) State = State with { Cooldown = State.Cooldown - 1, NumBad = 0, NumGood = 0 };
        else if (State.Warmup > 0) State = State with { Warmup = State.Warmup - 1, NumBad = 0, NumGood = 0 };
        else
        {
            State = IsBetter(mean) ? State with { Best = mean, NumBad = 0, NumGood = State.NumGood + 1 } : State with { NumBad = State.NumBad + 1, NumGood = 0 };
            if (State.NumGood > Patience) Rise();
            else if (State.NumBad > Patience) Fall();
        }
    }

    private void Rise()
    {
        double higher = Math.Min(State.Rate / Factor, _maxRate);
        State = State with { Rate = higher - State.Rate > Resolution ? higher : State.Rate, Warmup = _warmupLength, NumGood = 0, ReductionsAtFloor = 0 };
    }

    private void Fall()
    {
        double lower = Reduced(State.Rate);
        int atFloor = State.ReductionsAtFloor + (lower <= MinRate ? 1 : 0);
        bool reset = lower <= MinRate && atFloor >= _resetAfter;
        // A reset forgets what was seen, but the pause after a reduction is kept.
        State = reset ? new MetricRateState(_peak, Cooldown: CooldownLength) : State with { Rate = lower, Cooldown = CooldownLength, NumBad = 0, ReductionsAtFloor = atFloor };
    }
}
