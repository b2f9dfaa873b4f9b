using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats;

namespace TuneSharp.Application.Measuring;

/// <summary>Which measures a person asked for.</summary>
/// <param name="Loss">Of <see cref="LossNames"/>, in the order asked for.</param>
/// <param name="Answers">Measures of generated answers; none: nothing needs to be generated.</param>
public sealed record MetricSelection(IReadOnlyList<string> Loss, IReadOnlyList<Metric> Answers)
{
    /// <summary>What comes from the loss and needs no answer.</summary>
    public static IReadOnlyList<string> LossNames { get; } = ["loss", "perplexity", "bits_per_byte"];

    /// <summary>Loss, perplexity, exact match.</summary>
    public static MetricSelection Default { get; } = Parse("loss,perplexity,exact_match");

    /// <summary>The same without answers.</summary>
    public MetricSelection LossOnly => this with { Answers = [] };

    /// <param name="list">Names with commas between them; <c>all</c> is every one.</param>
    /// <exception cref="InvalidInputException">A name that is no metric; the nearest is named.</exception>
    public static MetricSelection Parse(string list)
    {
        var loss = new List<string>();
        var answers = new List<Metric>();
        foreach (string name in list.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string plain = name.ToLowerInvariant().Replace('-', '_');
            if (plain == "all")
            {
                loss.AddRange(LossNames);
                answers.AddRange(MetricCatalog.All);
            }
            else if (LossNames.Contains(plain)) loss.Add(plain);
            else answers.Add(MetricCatalog.Find(plain) ?? throw Unknown(name, plain));
        }
        if (loss.Count + answers.Count == 0) throw new InvalidInputException("`metrics` names no metric.", null, $"Metrics are: {string.Join(", ", AllNames)}.");
        return new MetricSelection([.. loss.Distinct()], [.. answers.Distinct()]);
    }

    private static IEnumerable<string> AllNames => [.. LossNames, .. MetricCatalog.All.Select(metric => metric.Name)];

    private static InvalidInputException Unknown(string name, string plain)
    {
        string? nearest = NearestName.Find(plain, LossNames.Concat(MetricCatalog.Names));
        return new InvalidInputException($"There is no metric '{name}'.", null, $"{(nearest is null ? "" : $"Did you mean '{nearest}'? ")}Metrics are: {string.Join(", ", AllNames)}.");
    }
}
