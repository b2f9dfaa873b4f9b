using System.Text.Json;
using TuneSharp.Evaluation.Classification;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>probabilities.json and multilabel.json.</summary>
internal static class ProbabilityCases
{
    public static IEnumerable<GoldenCase> Probabilities(string name, JsonElement file)
    {
        foreach (JsonProperty part in file.EnumerateObject())
        {
            foreach (JsonElement one in part.Value.EnumerateArray())
            {
                yield return new GoldenCase($"{name}/{part.Name}/{one.GetProperty("name").GetString()}", () => part.Name switch
                {
                    "binary" => MetricComparison.Of(one.GetProperty("results"), [], Binary(one)),
                    "multiclass" => MetricComparison.Of(one.GetProperty("results"), [], Multiclass(one)),
                    _ => GoldenResult.NotBuilt(part.Name),
                });
            }
        }
    }

    public static IEnumerable<GoldenCase> Multilabel(string name, JsonElement file)
    {
        foreach (JsonElement one in file.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"{name}/{one.GetProperty("name").GetString()}", () => MetricComparison.Of(one.GetProperty("results"), [], Labels(one)));
    }

    private static Dictionary<string, object?> Binary(JsonElement one)
    {
        bool[] truth = [.. MetricComparison.Numbers(one.GetProperty("y_true")).Select(t => t != 0)];
        double[] scores = MetricComparison.Numbers(one.GetProperty("y_score"));
        double[]? weights = one.TryGetProperty("sample_weight", out JsonElement given) && given.ValueKind == JsonValueKind.Array ? MetricComparison.Numbers(given) : null;
        var curves = new RankingCurves(truth, scores, weights);
        IReadOnlyList<CurvePoint> roc = curves.Roc, precisionRecall = curves.PrecisionRecall;
        var results = new Dictionary<string, object?>
        {
            ["roc_auc"] = curves.RocAuc,
            ["partial_auc_max_fpr_0_3"] = curves.PartialRocAuc(0.3),
            ["average_precision"] = curves.AveragePrecision,
            ["roc"] = new Dictionary<string, object?> { ["fpr"] = roc.Select(p => p.X), ["tpr"] = roc.Select(p => p.Y), ["thresholds"] = roc.Select(p => p.Threshold) },
            ["precision_recall"] = new Dictionary<string, object?> { ["precision"] = precisionRecall.Select(p => p.Y), ["recall"] = precisionRecall.Select(p => p.X), ["thresholds"] = precisionRecall.SkipLast(1).Select(p => p.Threshold) },
            ["log_loss"] = ProbabilityScores.LogLoss([.. truth.Select(t => t ? 1 : 0)], [.. scores.Select(p => new[] { 1 - p, p })], weights),
            ["brier"] = ProbabilityScores.Brier(truth, scores, weights),
        };
        if (one.GetProperty("results").TryGetProperty("calibration", out JsonElement calibration))
        {
            double[] confidences = [.. scores.Select(p => Math.Max(p, 1 - p))];
            bool[] right = [.. truth.Zip(scores, (t, p) => t == p >= 0.5)];
            results["calibration"] = Calibrations(calibration, confidences, right);
            results["calibration_curve_uniform_5"] = Curve(truth, scores, byQuantiles: false);
            results["calibration_curve_quantile_5"] = Curve(truth, scores, byQuantiles: true);
        }
        return results;
    }

    private static Dictionary<string, object?> Curve(bool[] truth, double[] scores, bool byQuantiles)
    {
        IReadOnlyList<(double Positives, double Predicted)> curve = Calibration.Curve(truth, scores, 5, byQuantiles);
        return new() { ["fraction_of_positives"] = curve.Select(bin => bin.Positives), ["mean_predicted"] = curve.Select(bin => bin.Predicted) };
    }

    private static IEnumerable<object?> Calibrations(JsonElement expected, double[] confidences, bool[] right) => expected.EnumerateArray().Select(e => e.GetProperty("bins").GetInt32()).Select(bins =>
    {
        Calibration found = Calibration.Of(confidences, right, bins);
        return (object?)new Dictionary<string, object?>
        {
            ["bins"] = bins,
            ["ece"] = found.ExpectedError,
            ["mce"] = found.MaximumError,
            ["table"] = found.Bins.Select(bin => new Dictionary<string, object?> { ["bin"] = bin.Bin, ["count"] = bin.Count, ["accuracy"] = bin.Accuracy, ["confidence"] = bin.Confidence }),
        };
    });

    private static Dictionary<string, object?> Multiclass(JsonElement one)
    {
        int[] truth = [.. one.GetProperty("y_true").EnumerateArray().Select(e => e.GetInt32())];
        double[][] probabilities = [.. one.GetProperty("probabilities").EnumerateArray().Select(MetricComparison.Numbers)];
        int[] predicted = [.. probabilities.Select(row => Array.IndexOf(row, row.Max()))];
        var results = new Dictionary<string, object?>
        {
            // Averages over classes of which one has no curve have no value either, unless it weighs nothing.
            ["roc_auc_ovr_macro"] = truth.Distinct().Count() < probabilities[0].Length ? double.NaN : ProbabilityScores.OneVersusRestAuc(truth, probabilities, weighted: false),
            ["roc_auc_ovr_weighted"] = ProbabilityScores.OneVersusRestAuc(truth, probabilities, weighted: true),
            ["roc_auc_ovr_micro"] = ProbabilityScores.MicroAuc(truth, probabilities),
            ["roc_auc_ovo_macro"] = ProbabilityScores.OneVersusOneAuc(truth, probabilities, weighted: false),
            ["roc_auc_ovo_weighted"] = ProbabilityScores.OneVersusOneAuc(truth, probabilities, weighted: true),
            ["log_loss"] = ProbabilityScores.LogLoss(truth, probabilities),
            ["brier_sum"] = ProbabilityScores.BrierSum(truth, probabilities),
            ["calibration"] = Calibrations(one.GetProperty("results").GetProperty("calibration"), [.. probabilities.Select(row => row.Max())], [.. truth.Zip(predicted, (t, p) => t == p)]),
        };
        for (int k = 1; k <= probabilities[0].Length; k++) results[$"top_{k}_accuracy"] = ProbabilityScores.TopAccuracy(truth, probabilities, k);
        return results;
    }

    private static Dictionary<string, object?> Labels(JsonElement one)
    {
        double threshold = one.GetProperty("threshold").GetDouble();
        double[][] scores = [.. one.GetProperty("y_score").EnumerateArray().Select(MetricComparison.Numbers)];
        bool[][] truth = [.. one.GetProperty("y_true").EnumerateArray().Select(row => MetricComparison.Numbers(row).Select(t => t != 0).ToArray())];
        bool[][] predicted = [.. scores.Select(row => row.Select(score => score >= threshold).ToArray())];
        var m = new MultilabelScores(truth, predicted);
        static Dictionary<string, object?> Fields(ClassScore s) => new() { ["precision"] = s.Precision, ["recall"] = s.Recall, ["f1"] = s.F };
        RankingCurves Curve(int label) => new([.. truth.Select(row => row[label])], [.. scores.Select(row => row[label])]);
        double[] areas = [.. Enumerable.Range(0, truth[0].Length).Select(label => Curve(label).RocAuc)], counts = [.. Enumerable.Range(0, truth[0].Length).Select(label => (double)truth.Count(row => row[label]))];
        return new Dictionary<string, object?>
        {
            ["per_label"] = new Dictionary<string, object?> { ["precision"] = m.PerLabel.Select(s => s.Precision), ["recall"] = m.PerLabel.Select(s => s.Recall), ["f1"] = m.PerLabel.Select(s => s.F) },
            ["micro"] = Fields(m.Micro),
            ["macro"] = Fields(m.Macro),
            ["weighted"] = Fields(m.Weighted),
            ["samples"] = Fields(m.PerRow),
            ["subset_accuracy"] = m.SubsetAccuracy,
            ["hamming_loss"] = m.HammingLoss,
            ["jaccard_samples"] = m.RowJaccard,
            ["confusion"] = m.Confusion,
            ["label_ranking_average_precision"] = MultilabelScores.RankingAveragePrecision(truth, scores),
            ["coverage_error"] = MultilabelScores.CoverageError(truth, scores),
            ["label_ranking_loss"] = MultilabelScores.RankingLoss(truth, scores),
            ["roc_auc_micro"] = new RankingCurves([.. truth.SelectMany(row => row)], [.. scores.SelectMany(row => row)]).RocAuc,
            ["roc_auc_macro"] = areas.Average(),
            ["roc_auc_weighted"] = areas.Zip(counts, (area, count) => area * count).Sum() / counts.Sum(),
        };
    }
}
