using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Regression;

/// <summary>Errors of predicted numbers, and how they go with the true ones.</summary>
/// <param name="RSquared">Share of the spread that is explained; 0 for a constant truth, 1 if it is met exactly.</param>
/// <param name="MeanAbsolutePercentageError">Truths of zero count as the smallest difference of 1 and the next number.</param>
public sealed record RegressionScores(double MeanSquaredError, double MeanAbsoluteError, double RSquared, double MedianAbsoluteError, double MaxError, double ExplainedVariance, double MeanAbsolutePercentageError)
{
    // numpy.finfo(float64).eps
    private const double Epsilon = 2.220446049250313e-16;

    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    public static RegressionScores Of(IReadOnlyList<double> truth, IReadOnlyList<double> predicted)
    {
        double[] errors = [.. truth.Zip(predicted, (t, p) => t - p)], sizes = [.. errors.Select(Math.Abs)];
        double mean = truth.Average(), spread = truth.Sum(t => (t - mean) * (t - mean)), residual = errors.Sum(e => e * e);
        return new RegressionScores(residual / errors.Length, sizes.Average(), Explained(residual, spread), Samples.Median(sizes), sizes.Max(),
            Explained(Samples.Variance(errors, 0), Samples.Variance(truth, 0)), truth.Zip(sizes, (t, e) => e / Math.Max(Math.Abs(t), Epsilon)).Average());
    }

    private static double Explained(double residual, double spread) => spread == 0 ? residual == 0 ? 1 : 0 : 1 - residual / spread;
}
