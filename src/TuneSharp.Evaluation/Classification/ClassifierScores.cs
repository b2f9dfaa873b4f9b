using TuneSharp.Evaluation.Metrics;
using TuneSharp.Evaluation.Regression;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Evaluation.Classification;

/// <summary>One class in numbers.</summary>
/// <param name="Support">Rows that are of the class.</param>
/// <param name="Predicted">Rows that were taken for it.</param>
public sealed record ClassResult(string Name, ClassScore Score, int Support, int Predicted);

/// <summary>
/// How well a classifier tells rows apart, or a regression meets their values. Averages over classes take those that occur in truth or
/// prediction, as scikit-learn does; 0/0 counts as 0.
/// </summary>
/// <param name="Numbers">The whole in numbers, the loss first.</param>
/// <param name="Classes">Of each class, in the order of the head; empty for values.</param>
/// <param name="Averages">Over classes: micro, macro, weighted; of rows with several classes also by row (samples).</param>
/// <param name="Confusion">[truth][prediction] rows; null where a row has not just one class.</param>
public sealed record ClassifierScores(IReadOnlyList<(MetricNumber Number, double Value)> Numbers, IReadOnlyList<ClassResult> Classes, IReadOnlyList<(string Name, ClassScore Score)> Averages, int[][]? Confusion)
{
    private static readonly MetricNumber s_loss = new("loss", MetricScale.Plain, HigherIsBetter: false);

    private static readonly MetricNumber[] s_ofClasses = [new("accuracy"), new("precision"), new("recall"), new("f1"), new("f1_micro"), new("f1_weighted"), new("mcc", MetricScale.Plain)];
    private static readonly MetricNumber[] s_ofSeveral = [new("accuracy"), new("precision"), new("recall"), new("f1"), new("f1_micro"), new("f1_weighted"), new("f1_samples"), new("hamming_loss", HigherIsBetter: false)];

    private static readonly MetricNumber[] s_ofValues =
        [new("mse", MetricScale.Plain, false), new("rmse", MetricScale.Plain, false), new("mae", MetricScale.Plain, false), new("r2", MetricScale.Plain), new("pearson", MetricScale.Plain), new("spearman", MetricScale.Plain)];

    /// <summary>Names of the numbers of a problem, the loss first.</summary>
    public static IReadOnlyList<MetricNumber> NumbersOf(ProblemType problem) => [s_loss, .. problem switch
    {
        ProblemType.SingleLabelClassification => s_ofClasses,
        ProblemType.MultiLabelClassification => s_ofSeveral,
        _ => s_ofValues,
    }];

    /// <param name="problem">What the outputs mean.</param>
    /// <param name="names">Of the outputs, [K].</param>
    /// <param name="logits">Outputs of each row, [N][K].</param>
    /// <param name="targets">[N][1] or [N][K], as a training example has them.</param>
    public static ClassifierScores Of(ProblemType problem, IReadOnlyList<string> names, IReadOnlyList<float[]> logits, IReadOnlyList<float[]> targets)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(targets);
        if (logits.Count == 0 || logits.Count != targets.Count) throw new ArgumentException($"{logits.Count} rows of outputs, {targets.Count} of targets.", nameof(targets));
        double loss = logits.Zip(targets, (row, target) => Decisions.Loss(problem, row, target)).Average();
        return problem switch
        {
            ProblemType.SingleLabelClassification => OfClasses(names, [.. targets.Select(target => (int)target[0])], [.. logits.Select(Decisions.Best)], loss),
            ProblemType.MultiLabelClassification => OfSeveral(names, [.. targets.Select(target => target.Select(t => t > 0.5f).ToArray())], [.. logits.Select(Decisions.Chosen)], loss),
            _ => OfValues([.. targets.SelectMany(target => target).Select(t => (double)t)], [.. logits.SelectMany(row => row).Select(value => (double)value)], loss),
        };
    }

    private static ClassifierScores OfClasses(IReadOnlyList<string> names, int[] truth, int[] predicted, double loss)
    {
        int[][] confusion = [.. names.Select(_ => new int[names.Count])];
        for (int row = 0; row < truth.Length; row++) confusion[truth[row]][predicted[row]]++;
        var rows = new LabelledRows([.. truth.Select(i => names[i])], [.. predicted.Select(i => names[i])]);
        HashSet<int> occurring = [.. truth, .. predicted];
        ClassScores averaged = ClassScores.Of(rows, [.. names.Where((_, i) => occurring.Contains(i))]);
        ClassScores each = ClassScores.Of(rows, names);
        ClassResult[] classes = [.. names.Select((name, i) => new ClassResult(name, each.PerClass[i], confusion[i].Sum(), confusion.Sum(row => row[i])))];
        double matthews = ConfusionMatrix.Of(rows, names).Matthews;
        double[] values = [rows.Correct / rows.Count, averaged.Macro.Precision, averaged.Macro.Recall, averaged.Macro.F, averaged.Micro.F, averaged.Weighted.F, matthews];
        return new ClassifierScores([(s_loss, loss), .. s_ofClasses.Zip(values)], classes, [("micro", averaged.Micro), ("macro", averaged.Macro), ("weighted", averaged.Weighted)], confusion);
    }

    private static ClassifierScores OfSeveral(IReadOnlyList<string> names, bool[][] truth, bool[][] predicted, double loss)
    {
        var scores = new MultilabelScores(truth, predicted);
        ClassResult[] classes = [.. names.Select((name, i) => new ClassResult(name, scores.PerLabel[i], truth.Count(row => row[i]), predicted.Count(row => row[i])))];
        double[] values = [scores.SubsetAccuracy, scores.Macro.Precision, scores.Macro.Recall, scores.Macro.F, scores.Micro.F, scores.Weighted.F, scores.PerRow.F, scores.HammingLoss];
        return new ClassifierScores([(s_loss, loss), .. s_ofSeveral.Zip(values)], classes, [("micro", scores.Micro), ("macro", scores.Macro), ("weighted", scores.Weighted), ("samples", scores.PerRow)], null);
    }

    private static ClassifierScores OfValues(double[] truth, double[] predicted, double loss)
    {
        RegressionScores scores = RegressionScores.Of(truth, predicted);
        double[] values = [scores.MeanSquaredError, scores.RootMeanSquaredError, scores.MeanAbsoluteError, scores.RSquared, Correlation.Pearson(truth, predicted).Coefficient, Correlation.Spearman(truth, predicted).Coefficient];
        return new ClassifierScores([(s_loss, loss), .. s_ofValues.Zip(values)], [], [], null);
    }
}
