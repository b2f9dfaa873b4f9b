using System.Text.Json;
using TuneSharp.Evaluation.Choices;
using TuneSharp.Evaluation.Classification;
using TuneSharp.Evaluation.Regression;
using TuneSharp.Evaluation.Statistics;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>classification.json, multiple_choice.json, regression.json.</summary>
internal static class ClassificationCases
{
    public static IEnumerable<GoldenCase> Classification(string name, JsonElement file)
    {
        foreach (JsonElement one in file.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"{name}/{one.GetProperty("name").GetString()}", () => MetricComparison.Of(one.GetProperty("results"), [], Scores(one)));
    }

    private static string[] Labels(JsonElement list) => [.. list.EnumerateArray().Select(label => label.ToString())];

    private static Dictionary<string, object?> Scores(JsonElement one)
    {
        double[]? weights = one.TryGetProperty("sample_weight", out JsonElement given) && given.ValueKind == JsonValueKind.Array ? MetricComparison.Numbers(given) : null;
        var rows = new LabelledRows(Labels(one.GetProperty("y_true")), Labels(one.GetProperty("y_pred")), weights);
        bool numeric = one.GetProperty("y_true")[0].ValueKind == JsonValueKind.Number;
        IReadOnlyList<string> classes = one.TryGetProperty("labels", out JsonElement labels) && labels.ValueKind == JsonValueKind.Array ? Labels(labels) : rows.Classes;
        ConfusionMatrix all = ConfusionMatrix.Of(rows, rows.Classes), shown = ConfusionMatrix.Of(rows, classes);
        double accuracy = rows.Correct / rows.TotalWeight;
        var results = new Dictionary<string, object?>
        {
            ["labels_order"] = classes.Select(label => numeric ? (object)long.Parse(label) : label),
            ["accuracy"] = accuracy,
            ["correct"] = rows.Correct,
            ["balanced_accuracy"] = all.BalancedAccuracy(false),
            ["balanced_accuracy_adjusted"] = all.BalancedAccuracy(true),
            ["confusion_matrix"] = Enumerable.Range(0, shown.Size).Select(i => Enumerable.Range(0, shown.Size).Select(j => shown.Counts[i, j])),
            ["confusion_matrix_true"] = shown.Normalized(true, false),
            ["confusion_matrix_pred"] = shown.Normalized(false, true),
            ["confusion_matrix_all"] = shown.Normalized(false, false),
            ["matthews"] = all.Matthews,
            ["hamming_loss"] = 1 - accuracy,
            ["zero_one_loss"] = 1 - accuracy,
            ["kappa_plain"] = shown.Kappa(0),
            ["kappa_linear"] = shown.Kappa(1),
            ["kappa_quadratic"] = shown.Kappa(2),
            ["f0.5_macro"] = ClassScores.Of(rows, classes, 0.5).Macro.F,
            ["f2_macro"] = ClassScores.Of(rows, classes, 2).Macro.F,
            ["jaccard_macro"] = ClassScores.MacroJaccard(rows, classes),
            ["report"] = ClassificationReport.Write(rows, classes, WholeSupport(one)),
        };
        foreach ((string zero, double value) in ((string, double)[])[("0.0", 0), ("1.0", 1), ("NaN", double.NaN)])
        {
            ClassScores scores = ClassScores.Of(rows, classes, 1, value);
            Dictionary<string, object?> each = Fields("precision", "recall", "f1", scores.PerClass);
            each["support"] = scores.Support;
            results[$"zero_division_{zero}"] = new Dictionary<string, object?> { ["per_class"] = each, ["micro"] = Fields(scores.Micro), ["macro"] = Fields(scores.Macro), ["weighted"] = Fields(scores.Weighted) };
        }
        if (classes.Contains("1")) results["binary_positive_1"] = Fields(ClassScores.Of(rows, ["1"]).PerClass[0]);
        return results;
    }

    // numpy prints whole counts of weighted or one-sided samples as floating point numbers; the recorded support tells.
    private static bool WholeSupport(JsonElement one) =>
        one.GetProperty("results").GetProperty("zero_division_0.0").GetProperty("per_class").GetProperty("support").EnumerateArray().All(support => !support.GetRawText().Contains('.', StringComparison.Ordinal));

    private static Dictionary<string, object?> Fields(ClassScore s) => new() { ["precision"] = s.Precision, ["recall"] = s.Recall, ["f1"] = s.F };

    private static Dictionary<string, object?> Fields(string precision, string recall, string f, IReadOnlyList<ClassScore> scores) =>
        new() { [precision] = scores.Select(s => s.Precision), [recall] = scores.Select(s => s.Recall), [f] = scores.Select(s => s.F) };

    public static IEnumerable<GoldenCase> Choices(string name, JsonElement file)
    {
        JsonElement[] items = [.. file.GetProperty("items").EnumerateArray()];
        foreach ((int i, JsonElement item) in items.Index())
            yield return new GoldenCase($"{name}/items/{i}", () => MetricComparison.Of(item, ["choices", "gold", "loglikelihoods", "is_greedy", "unconditional"], Fields(Choice(item))));
        foreach (JsonProperty rest in file.EnumerateObject().Where(p => p.Name != "items"))
        {
            Func<double[], double>? summary = rest.Name switch { "mean" => values => values.Average(), "stderr_sample" => values => Samples.StandardError(values), _ => null };
            yield return new GoldenCase($"{name}/{rest.Name}", () =>
            {
                if (summary is null) return GoldenResult.NotBuilt(rest.Name);
                Dictionary<string, object?>[] all = [.. items.Select(item => Fields(Choice(item)))];
                return MetricComparison.Of(rest.Value, [], all[0].Keys.Where(key => key != "probabilities").ToDictionary(key => key, key => (object?)summary([.. all.Select(fields => (double)fields[key]!)])));
            });
        }
    }

    private static MultipleChoice Choice(JsonElement item) => MultipleChoice.Of(MetricComparison.Strings(item.GetProperty("choices")), item.GetProperty("gold").GetInt32(), MetricComparison.Numbers(item.GetProperty("loglikelihoods")),
        [.. item.GetProperty("is_greedy").EnumerateArray().Select(e => e.GetBoolean())], item.TryGetProperty("unconditional", out JsonElement u) && u.ValueKind == JsonValueKind.Array ? MetricComparison.Numbers(u) : null);

    private static Dictionary<string, object?> Fields(MultipleChoice c) => new()
    {
        ["acc"] = c.Accuracy,
        ["acc_norm"] = c.NormalizedAccuracy,
        ["acc_bytes"] = c.ByteAccuracy,
        ["acc_mutual_info"] = c.MutualInformationAccuracy,
        ["exact_match"] = c.ExactMatch,
        ["probabilities"] = c.Probabilities,
        ["brier"] = c.Brier,
    };

    public static IEnumerable<GoldenCase> Regression(string name, JsonElement file)
    {
        foreach (JsonElement one in file.GetProperty("cases").EnumerateArray())
        {
            yield return new GoldenCase($"{name}/{one.GetProperty("name").GetString()}", () =>
            {
                double[] truth = MetricComparison.Numbers(one.GetProperty("y_true")), predicted = MetricComparison.Numbers(one.GetProperty("y_pred"));
                RegressionScores s = RegressionScores.Of(truth, predicted);
                Correlation pearson = Correlation.Pearson(truth, predicted), spearman = Correlation.Spearman(truth, predicted), kendall = Correlation.Kendall(truth, predicted);
                return MetricComparison.Of(one.GetProperty("results"), [], new Dictionary<string, object?>
                {
                    ["pearson"] = pearson.Coefficient,
                    ["pearson_p"] = pearson.PValue,
                    ["spearman"] = spearman.Coefficient,
                    ["spearman_p"] = spearman.PValue,
                    ["kendall_b"] = kendall.Coefficient,
                    ["kendall_b_p"] = kendall.PValue,
                    ["mse"] = s.MeanSquaredError,
                    ["rmse"] = s.RootMeanSquaredError,
                    ["mae"] = s.MeanAbsoluteError,
                    ["r2"] = s.RSquared,
                    ["median_ae"] = s.MedianAbsoluteError,
                    ["max_error"] = s.MaxError,
                    ["explained_variance"] = s.ExplainedVariance,
                    ["mape"] = s.MeanAbsolutePercentageError,
                });
            });
        }
    }
}
