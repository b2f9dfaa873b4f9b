namespace TuneSharp.Training.Loop;

/// <summary>Turns steps into events: speed, memory, remaining time, mean loss.</summary>
internal sealed class StepReporter(Action<TrainEvent> report, TimeProvider clock, StepPlan plan, int every)
{
    private readonly long _began = clock.GetTimestamp();
    private double _lossSum;
    private int _numSteps, _numLosses;

    /// <summary>Of the steps of this process; null before the first.</summary>
    public double? MeanLoss => _numLosses == 0 ? null : _lossSum / _numLosses;

    public void Step(int step, StepResult result, double learningRate, long numTokens, TimeSpan elapsed)
    {
        _numSteps++;
        if (result.Applied)
        {
            _lossSum += result.Loss;
            _numLosses++;
        }

        if (step % every != 0 && step != plan.TotalSteps && result.Applied) return;
        // The mean over all that passed, evaluations and checkpoints included, is what the rest will take too.
        TimeSpan? remaining = clock.GetElapsedTime(_began) / _numSteps * (plan.TotalSteps - step);
        double speed = elapsed > TimeSpan.Zero ? result.NumTokens / elapsed.TotalSeconds : 0;
        report(new StepCompleted(step, plan.TotalSteps, plan.EpochsAfter(step), result.Loss, learningRate, result.GradNorm, speed, numTokens,
            Environment.WorkingSet, remaining, Skipped: !result.Applied));
    }
}
