namespace TuneSharp.Training.Loop;

/// <summary>What an evaluation found.</summary>
/// <param name="Loss">Mean over the terms: nats per labelled token, or the mean of the rows' losses.</param>
/// <param name="NumTerms">How many these are.</param>
/// <param name="Metrics">What was measured beside the loss, by name.</param>
public sealed record Measurement(double Loss, long NumTerms, IReadOnlyDictionary<string, double> Metrics)
{
    public static IReadOnlyDictionary<string, double> NoMetrics { get; } = new Dictionary<string, double>();
}
