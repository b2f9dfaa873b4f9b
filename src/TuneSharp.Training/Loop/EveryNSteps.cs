namespace TuneSharp.Training.Loop;

/// <summary>
/// When something that repeats is due: every n steps, n below 1 being a share of all steps (rounded up), 0 never, null at the
/// end of each epoch.
/// </summary>
internal sealed class EveryNSteps(double? setting, StepPlan plan)
{
    private readonly int _every = setting switch
    {
        null or 0 => 0,
        < 1 => (int)Math.Ceiling(setting.Value * plan.TotalSteps),
        _ => (int)Math.Min(int.MaxValue, setting.Value),
    };

    public bool IsDue(int completedSteps) => setting is null ? plan.EndsEpoch(completedSteps) : _every > 0 && completedSteps % _every == 0;
}
