namespace TuneSharp.Evaluation.Classification;

/// <summary>Rows that can have several labels at once, as scikit-learn measures them; 0/0 counts as 0.</summary>
public sealed class MultilabelScores(IReadOnlyList<IReadOnlyList<bool>> truth, IReadOnlyList<IReadOnlyList<bool>> predicted)
{
    private readonly int _labels = truth[0].Count;

    public IReadOnlyList<ClassScore> PerLabel => [.. Enumerable.Range(0, _labels).Select(l => Score(Column(truth, l), Column(predicted, l)))];

    public ClassScore Micro => Score([.. truth.SelectMany(row => row)], [.. predicted.SelectMany(row => row)]);

    public ClassScore Macro => ClassScores.Average(PerLabel, null);

    public ClassScore Weighted => ClassScores.Average(PerLabel, [.. Enumerable.Range(0, _labels).Select(l => (double)Column(truth, l).Count(t => t))]);

    /// <summary>Mean of the rows' own scores.</summary>
    public ClassScore PerRow => ClassScores.Average([.. truth.Zip(predicted, Score)], null);

    /// <summary>Share of rows with exactly the right labels.</summary>
    public double SubsetAccuracy => truth.Zip(predicted, (t, p) => t.SequenceEqual(p) ? 1.0 : 0).Average();

    /// <summary>Share of (row, label) pairs that are wrong.</summary>
    public double HammingLoss => truth.Zip(predicted, (t, p) => t.Zip(p).Count(pair => pair.First != pair.Second)).Sum() / ((double)truth.Count * _labels);

    /// <summary>Mean of shared over all labels of a row; 0 for a row without any.</summary>
    public double RowJaccard => truth.Zip(predicted, (t, p) => t.Zip(p).Count(pair => pair.First || pair.Second) is > 0 and var either ? t.Zip(p).Count(pair => pair.First && pair.Second) / (double)either : 0).Average();

    /// <summary>Of each label: true negatives, false positives, false negatives, true positives.</summary>
    public IReadOnlyList<int[][]> Confusion => [.. Enumerable.Range(0, _labels).Select(l =>
    {
        int Count(bool t, bool p) => truth.Zip(predicted).Count(pair => pair.First[l] == t && pair.Second[l] == p);
        return (int[][])[[Count(false, false), Count(false, true)], [Count(true, false), Count(true, true)]];
    })];

    /// <summary>Mean over a row's true labels of the share of true ones among those ranked at least as high; 1 for rows with none or all.</summary>
    public static double RankingAveragePrecision(IReadOnlyList<IReadOnlyList<bool>> truth, IReadOnlyList<IReadOnlyList<double>> scores) => truth.Zip(scores, (t, s) =>
    {
        int[] relevant = [.. Enumerable.Range(0, t.Count).Where(l => t[l])];
        return relevant.Length == 0 || relevant.Length == t.Count ? 1 : relevant.Average(l => relevant.Count(other => s[other] >= s[l]) / (double)s.Count(other => other >= s[l]));
    }).Average();

    /// <summary>How far down the ranking one must go, on average, to have all true labels.</summary>
    public static double CoverageError(IReadOnlyList<IReadOnlyList<bool>> truth, IReadOnlyList<IReadOnlyList<double>> scores) => truth.Zip(scores, (t, s) =>
    {
        double[] relevant = [.. s.Where((_, l) => t[l])];
        return relevant.Length == 0 ? 0.0 : s.Count(other => other >= relevant.Min());
    }).Average();

    /// <summary>Share of (true, false) pairs of labels in the wrong order, on average; 0 for rows with none or all.</summary>
    public static double RankingLoss(IReadOnlyList<IReadOnlyList<bool>> truth, IReadOnlyList<IReadOnlyList<double>> scores) => truth.Zip(scores, (t, s) =>
    {
        double[] right = [.. s.Where((_, l) => t[l])], wrong = [.. s.Where((_, l) => !t[l])];
        return right.Length == 0 || wrong.Length == 0 ? 0 : right.Sum(r => wrong.Count(w => w >= r)) / (double)(right.Length * wrong.Length);
    }).Average();

    private static bool[] Column(IReadOnlyList<IReadOnlyList<bool>> rows, int label) => [.. rows.Select(row => row[label])];

    private static ClassScore Score(IReadOnlyList<bool> truth, IReadOnlyList<bool> predicted) => ClassScores.Score(truth.Zip(predicted).Count(pair => pair.First && pair.Second), predicted.Count(p => p), truth.Count(t => t), 1, 0);
}
