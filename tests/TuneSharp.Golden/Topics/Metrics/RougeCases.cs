using System.Text.Json;
using TuneSharp.Evaluation.Bleu;
using TuneSharp.Evaluation.Rouge;
using TuneSharp.Evaluation.Texts;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>english_rouge.json and chinese_rouge_bleu.json.</summary>
internal static class RougeCases
{
    public static IEnumerable<GoldenCase> English(string name, JsonElement file)
    {
        JsonElement[] pairs = [.. file.GetProperty("pairs").EnumerateArray()];
        foreach ((int i, JsonElement pair) in pairs.Index()) yield return new GoldenCase($"{name}/pairs/{i}", () => EnglishPair(pair));
        foreach (JsonProperty rest in file.EnumerateObject().Where(p => p.Name != "pairs"))
        {
            yield return new GoldenCase($"{name}/{rest.Name}", () => rest.Name switch
            {
                "mean_stemmer_f" => MetricComparison.Of(rest.Value, MeanOf(pairs), rest.Name),
                "porter_stems" => MetricComparison.Of(rest.Value, rest.Value.EnumerateObject().ToDictionary(p => p.Name, p => (object?)PorterStemmer.Stem(p.Name)), rest.Name),
                _ => GoldenResult.NotBuilt(rest.Name),
            });
        }
    }

    public static IEnumerable<GoldenCase> Chinese(string name, JsonElement file)
    {
        JsonElement[] pairs = [.. file.GetProperty("pairs").EnumerateArray()];
        foreach ((int i, JsonElement pair) in pairs.Index()) yield return new GoldenCase($"{name}/pairs/{i}", () => ChinesePair(pair));
        JsonElement[] sentences = [.. file.GetProperty("nltk_sentence_bleu").EnumerateArray()];
        foreach ((int i, JsonElement sentence) in sentences.Index()) yield return new GoldenCase($"{name}/nltk_sentence_bleu/{i}", () => SentenceBleu(sentence));
        foreach (JsonProperty rest in file.EnumerateObject().Where(p => p.Name is not ("pairs" or "nltk_sentence_bleu")))
        {
            yield return new GoldenCase($"{name}/{rest.Name}", () => rest.Name switch
            {
                "llama_factory_mean" => MetricComparison.Of(rest.Value, MeanOfLlamaFactory(pairs), rest.Name),
                "nltk_corpus_bleu_characters" => MetricComparison.Of(rest.Value, CorpusBleu(pairs), rest.Name),
                _ => GoldenResult.NotBuilt(rest.Name),
            });
        }
    }

    private static GoldenResult EnglishPair(JsonElement pair)
    {
        string prediction = pair.GetProperty("prediction").GetString()!;
        string[] references = MetricComparison.Strings(pair.GetProperty("references"));
        return MetricComparison.Of(pair, ["prediction", "references"], new Dictionary<string, object?>
        {
            ["plain"] = Fields(EnglishRouge.Score(prediction, references[0], stem: false)),
            ["plain_best_of_references"] = Fields(EnglishRouge.ScoreBest(prediction, references, stem: false)),
            ["stemmer"] = Fields(EnglishRouge.Score(prediction, references[0])),
            ["stemmer_best_of_references"] = Fields(EnglishRouge.ScoreBest(prediction, references)),
            ["tokens_stemmed"] = EnglishRouge.Tokens(prediction, stem: true),
        });
    }

    private static Dictionary<string, object?> Fields(RougeScores s) => new()
    {
        ["rouge1"] = Fields(s.Rouge1),
        ["rouge2"] = Fields(s.Rouge2),
        ["rouge3"] = Fields(s.Rouge3),
        ["rougeL"] = Fields(s.RougeL),
        ["rougeLsum"] = Fields(s.RougeLsum),
    };

    private static Dictionary<string, object?> Fields(RougeScore s) => new() { ["p"] = s.Precision, ["r"] = s.Recall, ["f"] = s.FMeasure };

    private static Dictionary<string, object?> MeanOf(JsonElement[] pairs)
    {
        RougeScores[] scores = [.. pairs.Select(p => EnglishRouge.Score(p.GetProperty("prediction").GetString()!, p.GetProperty("references")[0].GetString()!))];
        return new()
        {
            ["rouge1"] = scores.Average(s => s.Rouge1.FMeasure),
            ["rouge2"] = scores.Average(s => s.Rouge2.FMeasure),
            ["rouge3"] = scores.Average(s => s.Rouge3.FMeasure),
            ["rougeL"] = scores.Average(s => s.RougeL.FMeasure),
            ["rougeLsum"] = scores.Average(s => s.RougeLsum.FMeasure),
        };
    }

    private static (ChineseRougeScores Rouge, double Bleu) Score(JsonElement pair)
    {
        List<string> predicted = CodePoints.Of(pair.GetProperty("prediction").GetString()!), label = CodePoints.Of(pair.GetProperty("label").GetString()!);
        return (ChineseRouge.Score(MetricComparison.Strings(pair.GetProperty("prediction_words")), MetricComparison.Strings(pair.GetProperty("label_words"))), NltkBleu.Sentence([label], predicted, 3));
    }

    private static GoldenResult ChinesePair(JsonElement pair)
    {
        (ChineseRougeScores rouge, double bleu) = Score(pair);
        return MetricComparison.Of(pair, ["label", "prediction", "label_words", "prediction_words"], new Dictionary<string, object?>
        {
            ["rouge"] = new Dictionary<string, object?> { ["rouge-1"] = Fields(rouge.Rouge1), ["rouge-2"] = Fields(rouge.Rouge2), ["rouge-l"] = Fields(rouge.RougeL) },
            ["bleu4_char_method3"] = bleu,
            ["llama_factory"] = Rounded(rouge, bleu),
        });
    }

    private static Dictionary<string, object?> Rounded(ChineseRougeScores rouge, double bleu)
    {
        static double Percent(double share) => PythonNumber.Round(100 * share, 4);
        return new() { ["rouge-1"] = Percent(rouge.Rouge1.FMeasure), ["rouge-2"] = Percent(rouge.Rouge2.FMeasure), ["rouge-l"] = Percent(rouge.RougeL.FMeasure), ["bleu-4"] = Percent(bleu) };
    }

    private static Dictionary<string, object?> MeanOfLlamaFactory(JsonElement[] pairs)
    {
        Dictionary<string, object?>[] rows = [.. pairs.Select(Score).Select(s => Rounded(s.Rouge, s.Bleu))];
        return rows[0].Keys.ToDictionary(key => key, key => (object?)rows.Average(row => (double)row[key]!));
    }

    // The recording's corpus is the real pairs; the eleven edge cases at the end do not belong to it.
    private const int NumEdgeCases = 11;

    private static Dictionary<string, object?> CorpusBleu(JsonElement[] all)
    {
        JsonElement[] pairs = all[..^NumEdgeCases];
        IReadOnlyList<string>[][] references = [.. pairs.Select(p => new IReadOnlyList<string>[] { CodePoints.Of(p.GetProperty("label").GetString()!) })];
        List<string>[] texts = [.. pairs.Select(p => CodePoints.Of(p.GetProperty("prediction").GetString()!))];
        return new() { ["no_smoothing"] = NltkBleu.Corpus(references, texts, 0), ["method3"] = NltkBleu.Corpus(references, texts, 3) };
    }

    private static GoldenResult SentenceBleu(JsonElement sentence)
    {
        string[][] references = [.. sentence.GetProperty("references").EnumerateArray().Select(MetricComparison.Strings)];
        string[] hypothesis = MetricComparison.Strings(sentence.GetProperty("hypothesis"));
        var methods = Enumerable.Range(0, 8).ToDictionary(m => $"method{m}", m => Try(() => NltkBleu.Sentence(references, hypothesis, m)));
        var weights = Enumerable.Range(1, 3).ToDictionary(n => $"bleu{n}_method1", n => (object?)NltkBleu.Sentence(references, hypothesis, 1, [.. Enumerable.Repeat(1.0 / n, n)]));
        return MetricComparison.Of(sentence, ["references", "hypothesis"], new Dictionary<string, object?> { ["methods"] = methods, ["weights"] = weights });
    }

    private static object? Try(Func<double> score)
    {
        try
        {
            return score();
        }
        catch (ArithmeticException)
        {
            return new Dictionary<string, object?> { ["error"] = "AssertionError" };
        }
    }
}
