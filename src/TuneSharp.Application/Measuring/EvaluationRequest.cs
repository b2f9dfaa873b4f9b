using TuneSharp.Data;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Inference.Sampling;

namespace TuneSharp.Application.Measuring;

/// <summary>What to measure.</summary>
/// <param name="Data">Dataset, format, system text.</param>
/// <param name="MaxNewTokens">Longest answer that is generated, where <see cref="Sampling"/> does not say it.</param>
/// <param name="Generate">False measures the loss only.</param>
/// <param name="BatchSize">Answers that are written at once.</param>
/// <param name="Threads">Null: one for each core.</param>
public sealed record EvaluationRequest(DataSettings Data, int MaxNewTokens = 128, bool Generate = true, int BatchSize = 16, int? Threads = null)
{
    /// <summary>How answers are written; null: always the most likely token.</summary>
    public SamplingSettings? Sampling { get; init; }

    public MetricSelection Metrics { get; init; } = MetricSelection.Default;

    /// <summary>How answers are divided into words.</summary>
    public TextLanguage Language { get; init; }
}

/// <summary>What a person can set about written answers; the start is what evaluations use: always the most likely token.</summary>
public sealed record AnswerSettings
{
    public SamplingSettings Sampling { get; init; } = SamplingSettings.Greedy(128);
}
