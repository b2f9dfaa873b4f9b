namespace TuneSharp.Training.Schedules;

/// <summary>Falls by a factor when the metric has not become better for more than `patience` evaluations (torch's ReduceLROnPlateau).</summary>
internal sealed class PlateauRate(ScheduleArguments a) : MetricRate(a, factor: 0.1, threshold: 1e-4, ["rel", "abs"], minRate: 0)
{
    public override void Observe(double metric)
    {
        bool better = IsBetter(metric), cooling = State.Cooldown > 0;
        int bad = better || cooling ? 0 : State.NumBad + 1;
        State = State with { Best = better ? metric : State.Best, NumBad = bad, Cooldown = cooling ? State.Cooldown - 1 : 0 };
        if (bad > Patience) State = State with { Rate = Reduced(State.Rate), NumBad = 0, Cooldown = CooldownLength };
    }
}
