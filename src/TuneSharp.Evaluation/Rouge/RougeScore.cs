namespace TuneSharp.Evaluation.Rouge;

/// <summary>Overlap of a text with its reference, each 0 to 1.</summary>
/// <param name="Precision">Share of the text that the reference has.</param>
/// <param name="Recall">Share of the reference that the text has.</param>
/// <param name="FMeasure">Their harmonic mean.</param>
public readonly record struct RougeScore(double Precision, double Recall, double FMeasure)
{
    internal static RougeScore Of(double precision, double recall) =>
        new(precision, recall, precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0);
}

/// <summary>ROUGE-1, -2, -3, -L and -Lsum of one text.</summary>
public sealed record RougeScores(RougeScore Rouge1, RougeScore Rouge2, RougeScore Rouge3, RougeScore RougeL, RougeScore RougeLsum)
{
    /// <summary>Each score that has the better F-measure; the first of equals.</summary>
    internal RougeScores Best(RougeScores other) => new(
        Better(Rouge1, other.Rouge1), Better(Rouge2, other.Rouge2), Better(Rouge3, other.Rouge3), Better(RougeL, other.RougeL), Better(RougeLsum, other.RougeLsum));

    private static RougeScore Better(RougeScore a, RougeScore b) => b.FMeasure > a.FMeasure ? b : a;
}
