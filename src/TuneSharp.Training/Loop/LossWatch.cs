namespace TuneSharp.Training.Loop;

/// <summary>The best validation loss so far, and how long ago it was.</summary>
/// <param name="Best">Lowest loss; null before the first evaluation.</param>
/// <param name="BestStep">Completed steps when it was measured.</param>
/// <param name="WithoutImprovement">Evaluations since then that did not improve by more than the threshold.</param>
internal sealed record LossWatch(double? Best, int? BestStep, int WithoutImprovement)
{
    public static LossWatch Empty { get; } = new(null, null, 0);

    /// <summary>
    /// Best is any lower loss. For stopping early, only one that is lower by more than <paramref name="threshold"/> counts.
    /// A loss that is no number is never better.
    /// </summary>
    public LossWatch After(int step, double loss, double threshold)
    {
        bool better = loss < (Best ?? double.PositiveInfinity);
        bool counts = loss < (Best ?? double.PositiveInfinity) - threshold || (Best is null && better);
        return new LossWatch(better ? loss : Best, better ? step : BestStep, counts ? 0 : WithoutImprovement + 1);
    }
}
