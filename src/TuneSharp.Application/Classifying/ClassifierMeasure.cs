using TuneSharp.Application.Measuring;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Classification;
using TuneSharp.Evaluation.Metrics;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Application.Classifying;

/// <summary>Collects predictions of rows with labels, and measures them.</summary>
/// <param name="name">As the person called the model.</param>
/// <param name="metrics">Names of the numbers that were asked for; null: all.</param>
public sealed class ClassifierMeasure(string name, IReadOnlyList<string>? metrics = null)
{
    private readonly List<Prediction> _predictions = [];
    private readonly List<float[]> _targets = [];

    /// <summary>Rows with a label.</summary>
    public int Count => _predictions.Count;

    /// <summary>Rows without one: they cannot be measured.</summary>
    public int Unlabelled { get; private set; }

    /// <exception cref="InvalidInputException">The row's label is none of the model's classes.</exception>
    public void Add(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (prediction.Row.Label is null)
        {
            Unlabelled++;
            return;
        }
        _targets.Add(prediction.Labels.Targets(prediction.Row));
        _predictions.Add(prediction);
    }

    /// <param name="elapsed">Time that the predictions took.</param>
    /// <exception cref="InvalidInputException">No row has a label, or a metric was named that such a model does not have.</exception>
    public EvaluationResult Result(TimeSpan elapsed)
    {
        if (Count == 0) throw new InvalidInputException("No row has a label to compare with.", null, "Name the column with label_column.");
        ProblemType problem = _predictions[0].Labels.Problem;
        ClassifierScores scores = ClassifierScores.Of(problem, _predictions[0].Labels.Names, [.. _predictions.Select(prediction => prediction.Logits)], _targets);
        return new EvaluationResult(name, Count, 0, scores.Numbers[0].Value, double.NaN, null, [.. _predictions.Select((prediction, i) => new GeneratedAnswer(Question(prediction), Truth(prediction, _targets[i]), prediction.Answer))], 0)
        {
            Numbers = [.. Chosen(problem).Select(number => new MeasuredNumber(number, scores.Numbers.First(other => other.Number.Name == number.Name).Value))],
            RowMetric = problem == ProblemType.Regression ? "error" : "accuracy",
            RowHigherIsBetter = problem != ProblemType.Regression,
            RowScores = [.. _predictions.Select((prediction, i) => RowScore(problem, prediction, _targets[i]))],
            IsClassifier = true,
            Classes = MeasuredClasses.Of(problem, scores),
            Elapsed = elapsed,
        };
    }

    private IReadOnlyList<MetricNumber> Chosen(ProblemType problem)
    {
        IReadOnlyList<MetricNumber> all = ClassifierScores.NumbersOf(problem);
        if (metrics is null) return all;
        return [.. metrics.Select(metric => all.FirstOrDefault(number => number.Name == metric)
            ?? throw new InvalidInputException($"A classifier has no metric '{metric}'.", null, $"Metrics of this one are: {string.Join(", ", all.Select(number => number.Name))}."))];
    }

    private static string Question(Prediction prediction) => prediction.Row.TextPair is null ? prediction.Row.Text : $"{prediction.Row.Text}\n{prediction.Row.TextPair}";

    // By the names of the head, however the file spells them.
    private static string Truth(Prediction prediction, float[] targets) => prediction.Labels.Problem switch
    {
        ProblemType.SingleLabelClassification => prediction.Labels.Names[(int)targets[0]],
        ProblemType.MultiLabelClassification => string.Join(", ", prediction.Labels.Names.Where((_, i) => targets[i] == 1)),
        _ => prediction.Row.Label!,
    };

    private static double RowScore(ProblemType problem, Prediction prediction, float[] targets) => problem switch
    {
        ProblemType.SingleLabelClassification => Decisions.Best(prediction.Logits) == (int)targets[0] ? 1 : 0,
        ProblemType.MultiLabelClassification => Decisions.Chosen(prediction.Logits).SequenceEqual(targets.Select(target => target == 1)) ? 1 : 0,
        _ => prediction.Logits.Zip(targets, (value, target) => Math.Abs((double)value - target)).Average(),
    };
}
