using System.Text.Json;
using TuneSharp.Evaluation.Bleu;
using TuneSharp.Evaluation.ChrF;
using TuneSharp.Evaluation.Comparison;
using TuneSharp.Evaluation.Statistics;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>compare_systems.json.</summary>
internal static class ComparisonCases
{
    public static IEnumerable<GoldenCase> Find(string name, JsonElement file)
    {
        foreach (JsonProperty part in file.EnumerateObject())
        {
            Func<JsonElement, GoldenResult>? compare = part.Name switch
            {
                "mcnemar" => McNemar,
                "mcnemar_table" => one => MetricComparison.Of(one, ["only_a", "only_b"], new Dictionary<string, object?> { ["exact_p"] = PairedTests.McNemarExact(one.GetProperty("only_a").GetInt32(), one.GetProperty("only_b").GetInt32()) }),
                "paired_scores" => PairedScores,
                "sign_flip_permutation" => SignFlips,
                "sacrebleu_paired_bootstrap" => CorpusScores,
                "proportion_intervals" => Proportion,
                "multiple_testing" => Corrections,
                "two_proportions" => one => MetricComparison.Of(one, ["a", "b"], new Dictionary<string, object?> { ["fisher_p"] = PairedTests.Fisher(one.GetProperty("a")[0].GetInt32(), one.GetProperty("a")[1].GetInt32(), one.GetProperty("b")[0].GetInt32(), one.GetProperty("b")[1].GetInt32()) }),
                _ => null,
            };
            if (part.Value.ValueKind != JsonValueKind.Array) yield return new GoldenCase($"{name}/{part.Name}", () => compare?.Invoke(part.Value) ?? GoldenResult.NotBuilt(part.Name));
            else
            {
                foreach ((int i, JsonElement one) in part.Value.EnumerateArray().Index()) yield return new GoldenCase($"{name}/{part.Name}/{i}", () => compare?.Invoke(one) ?? GoldenResult.NotBuilt(part.Name));
            }
        }
    }

    private static GoldenResult McNemar(JsonElement one)
    {
        double[] a = MetricComparison.Numbers(one.GetProperty("a")), b = MetricComparison.Numbers(one.GetProperty("b"));
        int onlyA = a.Zip(b).Count(pair => pair.First > pair.Second), onlyB = a.Zip(b).Count(pair => pair.First < pair.Second);
        (double chi2, double p) = PairedTests.McNemarChiSquare(onlyA, onlyB, corrected: false);
        (double corrected, double correctedP) = PairedTests.McNemarChiSquare(onlyA, onlyB, corrected: true);
        return MetricComparison.Of(one, ["a", "b"], new Dictionary<string, object?>
        {
            ["only_a"] = onlyA,
            ["only_b"] = onlyB,
            ["exact_p"] = PairedTests.McNemarExact(onlyA, onlyB),
            ["mid_p"] = PairedTests.McNemarMidP(onlyA, onlyB),
            ["chi2"] = chi2,
            ["chi2_p"] = p,
            ["chi2_corrected"] = corrected,
            ["chi2_corrected_p"] = correctedP,
        });
    }

    private static GoldenResult PairedScores(JsonElement one)
    {
        double[] differences = [.. MetricComparison.Numbers(one.GetProperty("b")).Zip(MetricComparison.Numbers(one.GetProperty("a")), (b, a) => b - a)];
        int wins = differences.Count(d => d > 0), losses = differences.Count(d => d < 0);
        (double signTwoSided, double signGreater) = PairedTests.Sign(wins, losses);
        (double t, double p, double low, double high) = PairedTests.Student(differences);
        JsonElement wilcoxon = one.GetProperty("wilcoxon");
        double[] untied = MetricComparison.Numbers(wilcoxon.GetProperty("exact_no_ties").GetProperty("differences"));
        Bootstrap bootstrap = Bootstrap.Of(differences, one.GetProperty("bootstrap").GetProperty("indices").EnumerateArray().Select(draw => draw.EnumerateArray().Select(e => e.GetInt32()).ToArray()));
        BcaInterval bca = bootstrap.Bca();
        (double below, double above) = bootstrap.Percentile();
        return GoldenResult.All(
        [
            MetricComparison.Of(one, ["a", "b", "bootstrap", "wilcoxon"], new Dictionary<string, object?>
            {
                ["sign_test"] = new Dictionary<string, object?> { ["wins"] = wins, ["losses"] = losses, ["ties"] = differences.Length - wins - losses, ["two_sided_p"] = signTwoSided, ["greater_p"] = signGreater },
                ["t_test"] = new Dictionary<string, object?> { ["statistic"] = t, ["p"] = p, ["interval_95"] = new[] { low, high } },
                ["cohen_dz"] = differences.Average() / Samples.StandardDeviation(differences),
            }),
            MetricComparison.Of(wilcoxon, ["exact_no_ties"], new Dictionary<string, object?> { ["wilcox_approx"] = Fields(PairedTests.Wilcoxon(differences, pratt: false)), ["pratt_approx"] = Fields(PairedTests.Wilcoxon(differences, pratt: true)) }),
            MetricComparison.Of(wilcoxon.GetProperty("exact_no_ties"), ["differences"], Fields(PairedTests.WilcoxonExact(untied))),
            MetricComparison.Of(one.GetProperty("bootstrap"), ["indices"], new Dictionary<string, object?>
            {
                ["resampled_mean_difference"] = bootstrap.Resampled, ["mean"] = bootstrap.Resampled.Average(), ["std_ddof1"] = Samples.StandardDeviation(bootstrap.Resampled), ["percentile_95"] = new[] { below, above },
                ["share_not_positive"] = bootstrap.Resampled.Average(mean => mean <= 0 ? 1.0 : 0), ["win_rate"] = bootstrap.Resampled.Average(mean => mean > 0 ? 1.0 : 0),
                ["bca_95"] = new Dictionary<string, object?> { ["z0"] = bca.Z0, ["acceleration"] = bca.Acceleration, ["quantiles"] = new[] { bca.LowQuantile, bca.HighQuantile }, ["interval"] = new[] { bca.Low, bca.High } },
            }),
        ]);
    }

    private static Dictionary<string, object?> Fields((double Statistic, double PValue) test) => new() { ["statistic"] = test.Statistic, ["p"] = test.PValue };

    private static GoldenResult SignFlips(JsonElement one)
    {
        (double twoSided, double greater) = PairedTests.SignFlips(MetricComparison.Numbers(one.GetProperty("differences")));
        return MetricComparison.Of(one, ["differences"], new Dictionary<string, object?> { ["two_sided_p"] = twoSided, ["greater_p"] = greater });
    }

    private static GoldenResult Proportion(JsonElement one)
    {
        int successes = one.GetProperty("successes").GetInt32(), n = one.GetProperty("n").GetInt32();
        static double[] Ends(ProportionInterval interval) => [interval.Low, interval.High];
        return MetricComparison.Of(one, ["successes", "n"], new Dictionary<string, object?>
        {
            ["wilson_95"] = Ends(ProportionInterval.Wilson(successes, n)),
            ["wilson_99"] = Ends(ProportionInterval.Wilson(successes, n, 0.99)),
            ["wilson_cc_95"] = Ends(ProportionInterval.WilsonCorrected(successes, n)),
            ["clopper_pearson_95"] = Ends(ProportionInterval.ClopperPearson(successes, n)),
            ["normal_95"] = Ends(ProportionInterval.Normal(successes, n)),
        });
    }

    private static GoldenResult CorpusScores(JsonElement one)
    {
        // "sacreBLEU bootstrap mean/ci 1e-5 (float32 inside)" (outcomes/README.md)
        const double SinglePrecision = 1e-5;
        string[] baseline = MetricComparison.Strings(one.GetProperty("baseline")), tuned = MetricComparison.Strings(one.GetProperty("tuned"));
        string[][] streams = [.. one.GetProperty("references").EnumerateArray().Select(MetricComparison.Strings)], references = [.. baseline.Select((_, i) => streams.Select(stream => stream[i]).ToArray())];
        int[][] draws = [.. one.GetProperty("resample_indices").EnumerateArray().Select(draw => draw.EnumerateArray().Select(e => e.GetInt32()).ToArray())];
        var bleu = new SacreBleu(new BleuOptions());
        var chrF = new ChrFScorer(new ChrFOptions());
        return MetricComparison.Of(one, ["baseline", "tuned", "references", "resample_indices"], new Dictionary<string, object?>
        {
            ["results"] = new Dictionary<string, object?>
            {
                ["BLEU"] = Both(texts => bleu.Corpus(texts, references).Score, texts => bleu.Resample(texts, references, draws)),
                ["chrF2"] = Both(texts => chrF.Corpus(texts, references), texts => chrF.Resample(texts, references, draws)),
            },
        }, SinglePrecision);

        Dictionary<string, object?>[] Both(Func<string[], double> score, Func<string[], IReadOnlyList<double>> resample)
        {
            double before = score(baseline), after = score(tuned);
            IReadOnlyList<double> resampled = resample(baseline);
            return [Fields(before, PairedBootstrap.Of(resampled)), Fields(after, PairedBootstrap.Of(resample(tuned), resampled, after - before))];
        }

        static Dictionary<string, object?> Fields(double score, PairedBootstrap b) => new() { ["score"] = score, ["p_value"] = b.PValue, ["mean"] = b.Mean, ["ci"] = b.HalfInterval };
    }

    private static GoldenResult Corrections(JsonElement one)
    {
        double[] p = MetricComparison.Numbers(one.GetProperty("p"));
        return MetricComparison.Of(one, ["p"], new Dictionary<string, object?> { ["bonferroni"] = MultipleTesting.Bonferroni(p), ["holm"] = MultipleTesting.Holm(p), ["benjamini_hochberg"] = MultipleTesting.BenjaminiHochberg(p) });
    }
}
