using TuneSharp.Evaluation.Statistics;

namespace TuneSharp.Evaluation.Classification;

/// <summary>How good predicted probabilities are.</summary>
public static class ProbabilityScores
{
    // numpy.finfo(float64).eps: no probability is taken to be nearer to 0 or 1.
    private const double Epsilon = 2.220446049250313e-16;

    /// <summary>Mean of −ln p of the true class.</summary>
    /// <param name="truth">Index of the class of each row.</param>
    /// <param name="probabilities">Of each class, adding up to 1.</param>
    /// <param name="weights">Of the rows; null: all alike.</param>
    public static double LogLoss(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities, IReadOnlyList<double>? weights = null)
    {
        double sum = 0;
        for (int row = 0; row < truth.Count; row++) sum -= (weights?[row] ?? 1) * Math.Log(Math.Clamp(probabilities[row][truth[row]], Epsilon, 1 - Epsilon));
        return sum / (weights?.Sum() ?? truth.Count);
    }

    /// <summary>Mean squared distance of the positive class's probability from what happened.</summary>
    public static double Brier(IReadOnlyList<bool> truth, IReadOnlyList<double> probabilities, IReadOnlyList<double>? weights = null)
    {
        double sum = 0;
        for (int row = 0; row < truth.Count; row++) sum += (weights?[row] ?? 1) * Math.Pow(probabilities[row] - (truth[row] ? 1 : 0), 2);
        return sum / (weights?.Sum() ?? truth.Count);
    }

    /// <summary>The same summed over all classes, 0 to 2.</summary>
    public static double BrierSum(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities) =>
        probabilities.Select((row, r) => row.Select((p, i) => Math.Pow(p - (i == truth[r] ? 1 : 0), 2)).Sum()).Average();

    /// <summary>Share of rows whose class is among the k likeliest; of equal probabilities the later class counts as likelier, as in scikit-learn.</summary>
    public static double TopAccuracy(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities, int k) =>
        truth.Select((t, row) => Enumerable.Range(0, probabilities[row].Count).OrderByDescending(i => probabilities[row][i]).ThenByDescending(i => i).Take(k).Contains(t) ? 1.0 : 0).Average();

    /// <summary>One against all others.</summary>
    /// <param name="weighted">Classes weigh by how often they are true.</param>
    public static double OneVersusRestAuc(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities, bool weighted)
    {
        double sum = 0, all = 0;
        for (int c = 0; c < probabilities[0].Count; c++)
        {
            double weight = weighted ? truth.Count(t => t == c) : 1;
            if (weight == 0) continue; // a class that is never true weighs nothing
            sum += weight * new RankingCurves([.. truth.Select(t => t == c)], [.. probabilities.Select(row => row[c])]).RocAuc;
            all += weight;
        }
        return sum / all;
    }

    /// <summary>All (row, class) pairs as one two-class problem.</summary>
    public static double MicroAuc(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities) =>
        new RankingCurves([.. truth.SelectMany((t, row) => probabilities[row].Select((_, c) => t == c))], [.. probabilities.SelectMany(row => row)]).RocAuc;

    /// <summary>Each pair of classes by itself, both ways round (Hand and Till 2001); classes that are never true make no pair.</summary>
    /// <param name="weighted">Pairs weigh by how often either is true.</param>
    public static double OneVersusOneAuc(IReadOnlyList<int> truth, IReadOnlyList<IReadOnlyList<double>> probabilities, bool weighted)
    {
        int[] present = [.. truth.Distinct().Order()];
        double sum = 0, all = 0;
        foreach (int a in present)
        {
            foreach (int b in present.Where(b => b > a))
            {
                int[] rows = [.. Enumerable.Range(0, truth.Count).Where(row => truth[row] == a || truth[row] == b)];
                double Auc(int positive) => new RankingCurves([.. rows.Select(row => truth[row] == positive)], [.. rows.Select(row => probabilities[row][positive])]).RocAuc;
                double weight = weighted ? (double)rows.Length / truth.Count : 1;
                sum += weight * (Auc(a) + Auc(b)) / 2;
                all += weight;
            }
        }
        return sum / all;
    }
}

/// <param name="Bin">From 0.</param>
/// <param name="Accuracy">Share of its rows that are right.</param>
/// <param name="Confidence">Mean probability of what was predicted.</param>
public sealed record CalibrationBin(int Bin, int Count, double Accuracy, double Confidence);

/// <summary>Whether what is predicted with 80 % happens in 80 of 100 cases.</summary>
/// <param name="ExpectedError">Gap between accuracy and confidence, rows alike (ECE).</param>
/// <param name="MaximumError">The widest gap of a bin (MCE).</param>
public sealed record Calibration(double ExpectedError, double MaximumError, IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>By the probability of the predicted class, in bins of equal width that hold their upper end.</summary>
    public static Calibration Of(IReadOnlyList<double> confidences, IReadOnlyList<bool> right, int numBins)
    {
        CalibrationBin[] bins = [.. Enumerable.Range(0, confidences.Count).GroupBy(row => BinOf(confidences[row], numBins)).OrderBy(group => group.Key)
            .Select(group => new CalibrationBin(group.Key, group.Count(), group.Average(row => right[row] ? 1.0 : 0), group.Average(row => confidences[row])))];
        return new Calibration(bins.Sum(bin => (double)bin.Count / confidences.Count * Math.Abs(bin.Accuracy - bin.Confidence)), bins.Max(bin => Math.Abs(bin.Accuracy - bin.Confidence)), bins);
    }

    /// <summary>Share of positives and mean probability of each bin of scikit-learn's calibration_curve; empty bins are left out.</summary>
    /// <param name="byQuantiles">Bins with equally many rows instead of equal width.</param>
    public static IReadOnlyList<(double Positives, double Predicted)> Curve(IReadOnlyList<bool> truth, IReadOnlyList<double> probabilities, int numBins, bool byQuantiles)
    {
        double[] sorted = [.. probabilities.Order()];
        double[] edges = [.. Enumerable.Range(0, numBins + 1).Select(i => byQuantiles ? Samples.Quantile(sorted, (double)i / numBins) : i * (1.0 / numBins))];
        // As numpy.searchsorted over the inner edges: an edge belongs to the bin below it.
        return [.. Enumerable.Range(0, truth.Count).GroupBy(row => edges.Skip(1).SkipLast(1).Count(edge => edge < probabilities[row])).OrderBy(group => group.Key)
            .Select(group => (group.Average(row => truth[row] ? 1.0 : 0), group.Average(row => probabilities[row])))];
    }

    private static int BinOf(double confidence, int numBins) => Math.Clamp((int)Math.Ceiling(confidence * numBins) - 1, 0, numBins - 1);
}
