using TuneSharp.Evaluation.Classification;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Evaluation.Tests.Metrics;

public sealed class ClassifierScoresTests
{
    // Numbers by hand, from the definitions of scikit-learn.
    [Fact]
    public void Of_Classes()
    {
        float[][] logits = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 3, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 4, 0]];
        float[][] targets = [[0], [1], [2], [2], [1], [2]];
        ClassifierScores scores = ClassifierScores.Of(ProblemType.SingleLabelClassification, ["a", "b", "c", "never"], logits, targets);
        Value(scores, "accuracy").ShouldBe(4.0 / 6, 1e-12);
        Value(scores, "f1").ShouldBe((2.0 / 3 + 0.5 + 0.8) / 3, 1e-12, "the class that nowhere occurs does not count in the mean");
        Value(scores, "f1_weighted").ShouldBe((1 * 2.0 / 3 + 2 * 0.5 + 3 * 0.8) / 6, 1e-12);
        Value(scores, "mcc").ShouldBe(12 / Math.Sqrt((36 - 12) * (36 - 14)), 1e-12);
        scores.Classes.Select(one => (one.Name, one.Support, one.Predicted)).ShouldBe([("a", 1, 2), ("b", 2, 2), ("c", 3, 2), ("never", 0, 0)]);
        scores.Classes[2].Score.Recall.ShouldBe(2.0 / 3, 1e-12);
        scores.Confusion.ShouldBe([[1, 0, 0, 0], [1, 1, 0, 0], [0, 1, 2, 0], [0, 0, 0, 0]]);
        double expected = logits.Zip(targets, (row, target) => Math.Log(row.Sum(x => Math.Exp(x))) - row[(int)target[0]]).Average();
        Value(scores, "loss").ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void Of_SeveralClasses()
    {
        ClassifierScores scores = ClassifierScores.Of(ProblemType.MultiLabelClassification, ["a", "b"], [[1, -1], [2, 3], [-1, -2]], [[1, 0], [1, 0], [0, 0]]);
        Value(scores, "accuracy").ShouldBe(2.0 / 3, 1e-12);
        Value(scores, "hamming_loss").ShouldBe(1.0 / 6, 1e-12);
        Value(scores, "f1_micro").ShouldBe(0.8, 1e-12);
        scores.Confusion.ShouldBeNull();
        double Binary(double x, double y) => -(y * Math.Log(1 / (1 + Math.Exp(-x))) + (1 - y) * Math.Log(1 / (1 + Math.Exp(x))));
        Value(scores, "loss").ShouldBe((Binary(1, 1) + Binary(-1, 0) + Binary(2, 1) + Binary(3, 0) + Binary(-1, 0) + Binary(-2, 0)) / 6, 1e-12);
    }

    [Fact]
    public void Of_Values()
    {
        ClassifierScores scores = ClassifierScores.Of(ProblemType.Regression, ["LABEL_0"], [[1], [2], [4]], [[1], [3], [4]]);
        (Value(scores, "loss"), Value(scores, "mse")).ShouldBe((1.0 / 3, 1.0 / 3));
        Value(scores, "spearman").ShouldBe(1, 1e-12);
        scores.Classes.ShouldBeEmpty();
    }

    [Fact]
    public void Probabilities_OfLargeOutputs_StayFinite()
    {
        Decisions.Probabilities(ProblemType.SingleLabelClassification, [1000, 0]).ShouldBe([1.0, 0.0]);
        Decisions.Probabilities(ProblemType.MultiLabelClassification, [-1000, 1000]).ShouldBe([0.0, 1.0]);
        Decisions.Loss(ProblemType.MultiLabelClassification, [-1000, 1000], [1, 1]).ShouldBe(500);
        Decisions.Best([1, 3, 3]).ShouldBe(1);
    }

    private static double Value(ClassifierScores scores, string name) => scores.Numbers.Single(number => number.Number.Name == name).Value;
}
