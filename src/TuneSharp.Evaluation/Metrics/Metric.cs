namespace TuneSharp.Evaluation.Metrics;

/// <summary>An answer and what was expected; several references are several right answers.</summary>
public sealed record ScoredAnswer(string Answer, IReadOnlyList<string> References);

/// <summary>How texts are divided: into words, or into Chinese characters.</summary>
public enum TextLanguage
{
    /// <summary>Chinese if the references hold more Chinese characters than words of other scripts: those of the row, or of the whole set for measures of a corpus.</summary>
    Auto,
    English,
    Chinese,
}

/// <summary>How a number is to be shown.</summary>
public enum MetricScale
{
    /// <summary>0 to 1, shown in percent.</summary>
    Share,

    /// <summary>0 to 100.</summary>
    Hundred,

    /// <summary>As it is.</summary>
    Plain,
}

/// <summary>One number that a metric gives.</summary>
/// <param name="Name">As it stands in tables and files: rouge1, bleu, …</param>
/// <param name="Scale">How it is shown.</param>
/// <param name="HigherIsBetter">Null where neither direction is better in itself.</param>
public sealed record MetricNumber(string Name, MetricScale Scale = MetricScale.Share, bool? HigherIsBetter = true);

/// <summary>A measure of generated answers.</summary>
/// <param name="Name">As it is called on the command line.</param>
/// <param name="Description">For people, in English.</param>
/// <param name="Chinese">The same in Chinese.</param>
/// <param name="Numbers">What it gives, in the order of the results.</param>
/// <param name="OfAll">The numbers of a whole set of answers; never called without an answer.</param>
/// <param name="OfOne">The first number for a single answer; null for measures of a set.</param>
public sealed record Metric(
    string Name, string Description, string Chinese, IReadOnlyList<MetricNumber> Numbers,
    Func<IReadOnlyList<ScoredAnswer>, TextLanguage, IReadOnlyList<double>> OfAll,
    Func<ScoredAnswer, TextLanguage, double>? OfOne)
{
    /// <summary>Spellings of other programs.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}
