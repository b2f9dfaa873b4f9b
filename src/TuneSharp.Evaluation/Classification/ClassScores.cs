namespace TuneSharp.Evaluation.Classification;

/// <summary>Precision, recall and F of one class or of an average.</summary>
public readonly record struct ClassScore(double Precision, double Recall, double F);

/// <summary>
/// Precision, recall and F of each class and their averages, as scikit-learn computes them. A class of the list counts with
/// all rows, also those whose other side is not in the list.
/// </summary>
/// <param name="Classes">In the order of the scores.</param>
/// <param name="Support">Weight of the rows whose truth is the class.</param>
public sealed record ClassScores(IReadOnlyList<string> Classes, IReadOnlyList<ClassScore> PerClass, IReadOnlyList<double> Support, ClassScore Micro, ClassScore Macro, ClassScore Weighted)
{
    /// <param name="beta">How much more recall counts than precision.</param>
    /// <param name="zeroDivision">What stands for 0/0; NaN leaves the class out of averages.</param>
    public static ClassScores Of(LabelledRows rows, IReadOnlyList<string> classes, double beta = 1, double zeroDivision = 0)
    {
        (double[] hits, double[] predicted, double[] truth) = Count(rows, classes);
        ClassScore[] each = [.. classes.Select((_, i) => Score(hits[i], predicted[i], truth[i], beta, zeroDivision))];
        return new ClassScores(classes, each, truth, Score(hits.Sum(), predicted.Sum(), truth.Sum(), beta, zeroDivision), Average(each, null), Average(each, truth));
    }

    /// <summary>Mean over classes of what truth and prediction share over what either has.</summary>
    public static double MacroJaccard(LabelledRows rows, IReadOnlyList<string> classes)
    {
        (double[] hits, double[] predicted, double[] truth) = Count(rows, classes);
        return Enumerable.Range(0, classes.Count).Average(i => predicted[i] + truth[i] - hits[i] is > 0 and var union ? hits[i] / union : 0);
    }

    internal static ClassScore Score(double hits, double predicted, double truth, double beta, double zeroDivision) => new(
        Divide(hits, predicted, zeroDivision), Divide(hits, truth, zeroDivision), Divide((1 + beta * beta) * hits, beta * beta * truth + predicted, zeroDivision));

    internal static ClassScore Average(IReadOnlyList<ClassScore> scores, IReadOnlyList<double>? weights) =>
        new(Mean(scores.Select(s => s.Precision), weights), Mean(scores.Select(s => s.Recall), weights), Mean(scores.Select(s => s.F), weights));

    private static double Divide(double a, double b, double zeroDivision) => b == 0 ? zeroDivision : a / b;

    private static double Mean(IEnumerable<double> values, IReadOnlyList<double>? weights)
    {
        (double Value, double Weight)[] defined = [.. values.Select((value, i) => (value, weights?[i] ?? 1)).Where(pair => !double.IsNaN(pair.value))];
        double all = defined.Sum(pair => pair.Weight);
        if (all == 0 && defined.Length > 0) return defined.Average(pair => pair.Value); // weights that are all zero do not count
        return defined.Sum(pair => pair.Value * pair.Weight) / all;
    }

    private static (double[] Hits, double[] Predicted, double[] Truth) Count(LabelledRows rows, IReadOnlyList<string> classes)
    {
        Dictionary<string, int> index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        double[] hits = new double[classes.Count], predicted = new double[classes.Count], truth = new double[classes.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            if (index.TryGetValue(rows.Predicted[row], out int j)) predicted[j] += rows.Weight(row);
            if (!index.TryGetValue(rows.Truth[row], out int i)) continue;
            truth[i] += rows.Weight(row);
            if (rows.Truth[row] == rows.Predicted[row]) hits[i] += rows.Weight(row);
        }
        return (hits, predicted, truth);
    }
}
