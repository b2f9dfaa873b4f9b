using System.Text.Json;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Distances;
using TuneSharp.Evaluation.Diversity;
using TuneSharp.Evaluation.Losses;
using TuneSharp.Evaluation.Texts;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>question_answering.json and text_statistics.json.</summary>
internal static class TextCases
{
    public static IEnumerable<GoldenCase> QuestionAnswering(string name, JsonElement file)
    {
        JsonElement[] cases = [.. file.GetProperty("cases").EnumerateArray()];
        foreach ((int i, JsonElement one) in cases.Index()) yield return new GoldenCase($"{name}/cases/{i}", () => Question(one));
        foreach (JsonProperty rest in file.EnumerateObject().Where(p => p.Name != "cases"))
        {
            Func<string, string[], double>? score = rest.Name switch { "mean_squad_exact" => SquadScore.Exact, "mean_squad_f1" => SquadScore.F1, _ => null };
            yield return new GoldenCase($"{name}/{rest.Name}", () => score is null
                ? GoldenResult.NotBuilt(rest.Name)
                : MetricComparison.Of(rest.Value, 100 * cases.Average(one => score(one.GetProperty("prediction").GetString()!, MetricComparison.Strings(one.GetProperty("references")))), rest.Name));
        }
    }

    private static GoldenResult Question(JsonElement one)
    {
        string prediction = one.GetProperty("prediction").GetString()!;
        string[] references = MetricComparison.Strings(one.GetProperty("references"));
        return MetricComparison.Of(one, ["prediction", "references"], new Dictionary<string, object?>
        {
            ["squad_normalised"] = SquadScore.Normalize(prediction),
            ["squad_exact"] = SquadScore.Exact(prediction, references),
            ["squad_f1"] = SquadScore.F1(prediction, references),
            ["cjk_tokens"] = TokenF1.Tokens(prediction),
            ["cjk_f1"] = TokenF1.Score(prediction, references),
            ["cjk_exact"] = TokenF1.Exact(prediction, references),
            ["strict_exact"] = references.Contains(prediction) ? 1.0 : 0.0,
        });
    }

    public static IEnumerable<GoldenCase> Statistics(string name, JsonElement file)
    {
        foreach (JsonProperty part in file.EnumerateObject())
        {
            Func<JsonElement, GoldenResult>? compare = part.Name switch
            {
                "diversity" => Diversity,
                "edit_distance" => Distance,
                "word_and_character_error_rate" => ErrorRates,
                "pass_at_k" => PassAt,
                "perplexity" => Perplexity,
                "corpus_wer" => value => MetricComparison.Of(value, Pairs(file).Select(p => ErrorRate.OfWords(p.Reference, p.Hypothesis)).Aggregate((a, b) => a + b).Rate, part.Name),
                "corpus_cer" => value => MetricComparison.Of(value, Pairs(file).Select(p => ErrorRate.OfCharacters(p.Reference, p.Hypothesis)).Aggregate((a, b) => a + b).Rate, part.Name),
                _ => null,
            };
            if (part.Value.ValueKind != JsonValueKind.Array) yield return new GoldenCase($"{name}/{part.Name}", () => compare?.Invoke(part.Value) ?? GoldenResult.NotBuilt(part.Name));
            else
            {
                foreach ((int i, JsonElement one) in part.Value.EnumerateArray().Index()) yield return new GoldenCase($"{name}/{part.Name}/{i}", () => compare?.Invoke(one) ?? GoldenResult.NotBuilt(part.Name));
            }
        }
    }

    private static IEnumerable<(string Reference, string Hypothesis)> Pairs(JsonElement file) =>
        file.GetProperty("word_and_character_error_rate").EnumerateArray().Select(e => (e.GetProperty("reference").GetString()!, e.GetProperty("hypothesis").GetString()!));

    private static GoldenResult Diversity(JsonElement one)
    {
        string[][] texts = [.. one.GetProperty("documents").EnumerateArray().Select(MetricComparison.Strings)];
        var actual = new Dictionary<string, object?> { ["token_entropy_bits"] = TextDiversity.EntropyBits(texts) };
        for (int n = 1; n <= 4; n++)
        {
            actual[$"distinct_{n}_corpus"] = TextDiversity.Distinct(texts, n);
            actual[$"distinct_{n}_mean"] = TextDiversity.MeanDistinct(texts, n);
            actual[$"repetition_{n}_mean"] = TextDiversity.MeanRepetition(texts, n);
        }
        return MetricComparison.Of(one, ["name", "documents"], actual);
    }

    private static GoldenResult Distance(JsonElement one)
    {
        List<string> a = CodePoints.Of(one.GetProperty("a").GetString()!), b = CodePoints.Of(one.GetProperty("b").GetString()!);
        int common = CommonSubsequence.Length(a, b), indel = a.Count + b.Count - 2 * common;
        return MetricComparison.Of(one, ["a", "b"], new Dictionary<string, object?>
        {
            ["levenshtein"] = EditDistance.Levenshtein(a, b),
            ["similarity"] = EditDistance.Similarity(a, b),
            ["optimal_string_alignment"] = EditDistance.OptimalStringAlignment(a, b),
            ["damerau"] = EditDistance.Damerau(a, b),
            ["indel"] = indel,
            ["indel_ratio"] = a.Count + b.Count == 0 ? 100.0 : 100 * (1 - (double)indel / (a.Count + b.Count)),
            ["jaro"] = JaroSimilarity.Jaro(a, b),
            ["jaro_winkler"] = JaroSimilarity.JaroWinkler(a, b),
            ["lcs"] = common,
            ["difflib_ratio"] = MatchingBlocks.Ratio(a, b),
        });
    }

    // Counts are of words where the recording has a word error rate, else of characters.
    private static GoldenResult ErrorRates(JsonElement one)
    {
        string reference = one.GetProperty("reference").GetString()!, hypothesis = one.GetProperty("hypothesis").GetString()!;
        ErrorRate words = ErrorRate.OfWords(reference, hypothesis), characters = ErrorRate.OfCharacters(reference, hypothesis);
        ErrorRate counted = one.TryGetProperty("wer", out _) ? words : characters;
        return MetricComparison.Of(one, ["reference", "hypothesis"], new Dictionary<string, object?>
        {
            ["wer"] = words.Rate,
            ["mer"] = words.MatchErrorRate,
            ["wil"] = words.InformationLost,
            ["wip"] = words.InformationPreserved,
            ["cer"] = characters.Rate,
            ["hits"] = counted.Hits,
            ["substitutions"] = counted.Substitutions,
            ["deletions"] = counted.Deletions,
            ["insertions"] = counted.Insertions,
        });
    }

    private static GoldenResult PassAt(JsonElement one) =>
        MetricComparison.Of(one.GetProperty("value"), PassAtK.Of(one.GetProperty("n").GetInt32(), one.GetProperty("c").GetInt32(), one.GetProperty("k").GetInt32()), "pass@k");

    private static GoldenResult Perplexity(JsonElement one)
    {
        long[] Whole(string name) => [.. one.GetProperty(name).EnumerateArray().Select(e => e.GetInt64())];
        PerplexityMeasures measures = PerplexityMeasures.Of([.. one.GetProperty("token_logprobs").EnumerateArray().Select(MetricComparison.Numbers)], Whole("bytes"), Whole("words"));
        return MetricComparison.Of(one, ["token_logprobs", "bytes", "words"], new Dictionary<string, object?>
        {
            ["per_document"] = measures.PerDocument,
            ["corpus_token_perplexity"] = measures.CorpusPerplexity,
            ["mean_of_document_perplexities"] = measures.MeanOfDocuments,
            ["word_perplexity"] = measures.WordPerplexity,
            ["byte_perplexity"] = measures.BytePerplexity,
            ["bits_per_byte"] = measures.BitsPerByte,
        });
    }
}
