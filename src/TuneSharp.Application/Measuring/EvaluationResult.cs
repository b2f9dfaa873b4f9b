using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Metrics;

namespace TuneSharp.Application.Measuring;

/// <summary>A measure and its value.</summary>
public sealed record MeasuredNumber(MetricNumber Number, double Value)
{
    public string Name => Number.Name;
}

/// <summary>What one model reached.</summary>
/// <param name="Name">As the person called the model.</param>
/// <param name="Rows">Rows whose loss was measured.</param>
/// <param name="Loss">Mean over the labelled tokens, nats per token.</param>
/// <param name="ExactMatch">Share of rows whose generated answer equals the reference, 0 to 1; null if none was generated.</param>
/// <param name="Answers">Generated answers in the order of the rows.</param>
/// <param name="LeftOut">Rows that are longer than the model's context.</param>
public sealed record EvaluationResult(string Name, int Rows, long LabelledTokens, double Loss, double Perplexity, double? ExactMatch, IReadOnlyList<GeneratedAnswer> Answers, int LeftOut)
{
    /// <summary>Every number that was asked for, in the order asked for.</summary>
    public IReadOnlyList<MeasuredNumber> Numbers { get; init; } = [];

    /// <summary>By which the rows are told better from worse; null if no answer was written or no measure rates single ones.</summary>
    public string? RowMetric { get; init; }

    /// <summary>A number for each of <see cref="Answers"/>; empty without <see cref="RowMetric"/>.</summary>
    public IReadOnlyList<double> RowScores { get; init; } = [];

    /// <summary>False where a low number is a good one.</summary>
    public bool RowHigherIsBetter { get; init; } = true;

    /// <summary>The model predicts classes or values instead of writing answers: <see cref="Answers"/> holds text, truth and prediction.</summary>
    public bool IsClassifier { get; init; }

    /// <summary>Texts that a classifier saw without their end, because they are longer than its context or max_length.</summary>
    public int Cut { get; init; }

    /// <summary>Of a classifier, class by class; null for other models and for values.</summary>
    public MeasuredClasses? Classes { get; init; }

    /// <summary>How words were divided.</summary>
    public TextLanguage Language { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>Positions of the answers from the worst to the best; those of equal worth in the order of the rows.</summary>
    public IReadOnlyList<int> FromWorst => [.. RowScores.Select((score, row) => (Score: RowHigherIsBetter ? score : -score, row)).OrderBy(pair => pair.Score).Select(pair => pair.row)];
}
