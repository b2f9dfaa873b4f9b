namespace TuneSharp.Evaluation.Classification;

/// <summary>
/// How often each class was taken for each other one. Rows are the truth. Classes are the sorted union of what occurs, or a
/// given list; rows whose class is not in the list count in no cell.
/// </summary>
/// <param name="Classes">Labels in the order of rows and columns.</param>
/// <param name="Counts">Sums of the weights.</param>
public sealed record ConfusionMatrix(IReadOnlyList<string> Classes, double[,] Counts)
{
    public int Size => Classes.Count;

    public static ConfusionMatrix Of(LabelledRows rows, IReadOnlyList<string> classes)
    {
        var counts = new double[classes.Count, classes.Count];
        Dictionary<string, int> index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        for (int row = 0; row < rows.Count; row++)
        {
            if (index.TryGetValue(rows.Truth[row], out int i) && index.TryGetValue(rows.Predicted[row], out int j)) counts[i, j] += rows.Weight(row);
        }
        return new ConfusionMatrix(classes, counts);
    }

    public double[] RowSums => [.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Size).Sum(j => Counts[i, j]))];

    public double[] ColumnSums => [.. Enumerable.Range(0, Size).Select(j => Enumerable.Range(0, Size).Sum(i => Counts[i, j]))];

    public double Trace => Enumerable.Range(0, Size).Sum(i => Counts[i, i]);

    /// <summary>Each cell by the sum of its row, its column, or of all; 0 where that is 0.</summary>
    public double[][] Normalized(bool byTruth, bool byPrediction)
    {
        double[] rows = RowSums, columns = ColumnSums;
        return [.. Enumerable.Range(0, Size).Select(i => Enumerable.Range(0, Size).Select(j =>
        {
            double by = byTruth ? rows[i] : byPrediction ? columns[j] : rows.Sum();
            return by == 0 ? 0 : Counts[i, j] / by;
        }).ToArray())];
    }

    /// <summary>Matthews correlation (Gorodkin's R_K); 0 where it is not defined.</summary>
    public double Matthews
    {
        get
        {
            double[] truth = RowSums, predicted = ColumnSums;
            double n = truth.Sum(), both = Trace * n - truth.Zip(predicted, (t, p) => t * p).Sum();
            double spread = (n * n - predicted.Sum(p => p * p)) * (n * n - truth.Sum(t => t * t));
            return spread == 0 ? 0 : both / Math.Sqrt(spread);
        }
    }

    /// <summary>Cohen's kappa; errors weigh as their distance to the power: 0 (all alike), 1 or 2.</summary>
    public double Kappa(int power)
    {
        double[] truth = RowSums, predicted = ColumnSums;
        double n = truth.Sum(), observed = 0, expected = 0;
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                double weight = i == j ? 0 : Math.Pow(Math.Abs(i - j), power);
                observed += weight * Counts[i, j];
                expected += weight * truth[i] * predicted[j] / n;
            }
        }
        return 1 - observed / expected;
    }

    /// <summary>Mean of the recalls of the classes that occur in the truth.</summary>
    /// <param name="adjusted">So that chance gives 0.</param>
    public double BalancedAccuracy(bool adjusted)
    {
        double[] truth = RowSums, recalls = [.. Enumerable.Range(0, Size).Where(i => truth[i] > 0).Select(i => Counts[i, i] / truth[i])];
        double mean = recalls.Average(), chance = 1.0 / recalls.Length;
        return adjusted ? (mean - chance) / (1 - chance) : mean;
    }
}

/// <summary>Truth and prediction of each row, by the names of the classes; rows may weigh differently.</summary>
public sealed record LabelledRows(IReadOnlyList<string> Truth, IReadOnlyList<string> Predicted, IReadOnlyList<double>? Weights = null)
{
    public int Count => Truth.Count;

    public double Weight(int row) => Weights?[row] ?? 1;

    public double TotalWeight => Weights?.Sum() ?? Count;

    /// <summary>Sum of the weights of the rows that are right.</summary>
    public double Correct => Enumerable.Range(0, Count).Where(row => Truth[row] == Predicted[row]).Sum(Weight);

    /// <summary>Classes that occur: by number if all are numbers, else by code point.</summary>
    public IReadOnlyList<string> Classes
    {
        get
        {
            string[] names = [.. Truth.Union(Predicted)];
            return names.All(name => long.TryParse(name, out _)) ? [.. names.OrderBy(long.Parse)] : [.. names.Order(StringComparer.Ordinal)];
        }
    }
}
