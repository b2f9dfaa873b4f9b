using TuneSharp.Training.Settings;

namespace TuneSharp.Training.Loop;

/// <summary>The best evaluation so far by one number (the loss, or a metric), and how long ago it was.</summary>
/// <param name="Metric">The number's name.</param>
/// <param name="HigherIsBetter">Its direction.</param>
internal sealed record BestWatch(string Metric, bool HigherIsBetter)
{
    public const string Loss = "loss";

    /// <summary>The best value; null before the first evaluation.</summary>
    public double? Best { get; init; }

    /// <summary>The loss of the same evaluation.</summary>
    public double? BestLoss { get; init; }

    /// <summary>Completed steps when it was measured.</summary>
    public int? BestStep { get; init; }

    /// <summary>Evaluations since then that did not improve by more than the threshold.</summary>
    public int WithoutImprovement { get; init; }

    /// <summary>The number that the settings name; an `eval_` before it is transformers' way of writing.</summary>
    /// <param name="known">What the objective measures beside the loss.</param>
    /// <exception cref="Formats.InvalidInputException">It is not measured.</exception>
    public static BestWatch From(TrainingSettings settings, IReadOnlyList<string> known)
    {
        string name = settings.MetricForBestModel is { } given ? given.StartsWith("eval_", StringComparison.Ordinal) ? given["eval_".Length..] : given : Loss;
        if (name != Loss && !known.Contains(name))
            throw new Formats.InvalidInputException($"metric_for_best_model is {settings.MetricForBestModel}, which is not measured while this model trains.", "metric_for_best_model", $"Give one of {string.Join(", ", known.Prepend(Loss))}.");
        return new BestWatch(name, settings.GreaterIsBetter ?? !IsError(name));
    }

    /// <summary>
    /// Best is any better value. For stopping early, only one that is better by more than <paramref name="threshold"/> counts.
    /// A value that is no number is never better.
    /// </summary>
    /// <exception cref="InvalidOperationException">The measurement lacks the number.</exception>
    public BestWatch After(int step, Measurement measured, double threshold)
    {
        double value = Metric == Loss ? measured.Loss : measured.Metrics.TryGetValue(Metric, out double found) ? found : throw new InvalidOperationException($"{Metric} was not measured.");
        double gain = Best is not { } best ? double.PositiveInfinity : HigherIsBetter ? value - best : best - value;
        bool better = double.IsFinite(value) && gain > 0;
        BestWatch next = better ? this with { Best = value, BestLoss = measured.Loss, BestStep = step } : this;
        return next with { WithoutImprovement = better && gain > threshold ? 0 : WithoutImprovement + 1 };
    }

    private static bool IsError(string name) => name.EndsWith("loss", StringComparison.Ordinal) || name is "mse" or "rmse" or "mae";
}
