using System.Text.Json;
using TuneSharp.Evaluation.Bleu;
using TuneSharp.Evaluation.ChrF;
using TuneSharp.Evaluation.TranslationEdits;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>sacrebleu.json: BLEU, chrF and TER of corpora and sentences with many settings, and the tokenizers' outputs.</summary>
internal static class SacreBleuCases
{
    public static IEnumerable<GoldenCase> Find(string name, JsonElement file)
    {
        foreach (JsonProperty part in file.EnumerateObject().Where(p => p.Name != "versions"))
        {
            foreach ((int i, JsonElement one) in part.Value.EnumerateArray().Index())
            {
                if (part.Name == "tokenised") yield return new GoldenCase($"{name}/tokenised/{i}", () => Tokenised(one));
                else if (part.Name != "corpora") yield return new GoldenCase($"{name}/{part.Name}/{i}", () => GoldenResult.NotBuilt(part.Name));
                else
                {
                    foreach (GoldenCase found in Corpus($"{name}/{one.GetProperty("name").GetString()}", one)) yield return found;
                }
            }
        }
    }

    private static IEnumerable<GoldenCase> Corpus(string name, JsonElement corpus)
    {
        string[] texts = MetricComparison.Strings(corpus.GetProperty("hypotheses"));
        // Streams of references: the i-th entry of each belongs to the i-th text.
        string[][] streams = [.. corpus.GetProperty("references").EnumerateArray().Select(MetricComparison.Strings)];
        string[][] references = [.. texts.Select((_, i) => streams.Select(stream => stream[i]).ToArray())];
        foreach (JsonProperty part in corpus.EnumerateObject().Where(p => p.Name is not ("name" or "hypotheses" or "references")))
        {
            foreach ((int i, JsonElement one) in part.Value.EnumerateArray().Index())
            {
                yield return new GoldenCase($"{name}/{part.Name}/{i}", () => part.Name switch
                {
                    "bleu" => Bleu(one, texts, references),
                    "sentence_bleu" => SentenceBleu(one, texts, references),
                    "chrf" => ChrF(one, texts, references),
                    "ter" => Ter(one, texts, references),
                    _ => GoldenResult.NotBuilt(part.Name),
                });
            }
        }
    }

    private static readonly string[] s_bleuSettings = ["tokenize", "smooth_method", "smooth_value", "lowercase", "max_ngram_order", "effective_order"];

    private static BleuOptions? BleuSettings(JsonElement one)
    {
        BleuTokenization? tokenization = one.GetProperty("tokenize").GetString() switch
        {
            "13a" => BleuTokenization.V13a,
            "intl" => BleuTokenization.International,
            "none" => BleuTokenization.None,
            "zh" => BleuTokenization.Chinese,
            "char" => BleuTokenization.Character,
            _ => null,
        };
        BleuSmoothing? smoothing = one.GetProperty("smooth_method").GetString() switch
        {
            "exp" => BleuSmoothing.Exp,
            "floor" => BleuSmoothing.Floor,
            "add-k" => BleuSmoothing.AddK,
            "none" => BleuSmoothing.None,
            _ => null,
        };
        if (tokenization is null || smoothing is null) return null;
        return new BleuOptions(tokenization.Value, smoothing.Value, one.TryGetProperty("smooth_value", out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null,
            Flag(one, "lowercase"), one.TryGetProperty("max_ngram_order", out JsonElement order) ? order.GetInt32() : 4, Flag(one, "effective_order"));
    }

    private static bool Flag(JsonElement one, string name) => one.TryGetProperty(name, out JsonElement flag) && flag.GetBoolean();

    private static GoldenResult Bleu(JsonElement one, string[] texts, string[][] references)
    {
        if (BleuSettings(one) is not { } options) return GoldenResult.NotBuilt(one.GetProperty("tokenize").GetString()!);
        BleuScore score = new SacreBleu(options).Corpus(texts, references);
        return MetricComparison.Of(one, s_bleuSettings, new Dictionary<string, object?>
        {
            ["signature"] = options.Signature(references[0].Length),
            ["score"] = score.Score,
            ["counts"] = score.Counts,
            ["totals"] = score.Totals,
            ["precisions"] = score.Precisions,
            ["bp"] = score.BrevityPenalty,
            ["sys_len"] = score.TextLength,
            ["ref_len"] = score.ReferenceLength,
            ["text"] = score.ToString(),
        });
    }

    private static GoldenResult SentenceBleu(JsonElement one, string[] texts, string[][] references)
    {
        if (BleuSettings(one) is not { } options) return GoldenResult.NotBuilt(one.GetProperty("tokenize").GetString()!);
        var bleu = new SacreBleu(options);
        return MetricComparison.Of(one, s_bleuSettings, new Dictionary<string, object?> { ["scores"] = texts.Select((text, i) => bleu.Sentence(text, references[i]).Score) });
    }

    private static GoldenResult ChrF(JsonElement one, string[] texts, string[][] references)
    {
        int Whole(string name, int otherwise) => one.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : otherwise;
        var options = new ChrFOptions(Whole("char_order", 6), Whole("word_order", 0), Whole("beta", 2), Flag(one, "lowercase"), Flag(one, "whitespace"), Flag(one, "eps_smoothing"));
        var chrF = new ChrFScorer(options);
        return MetricComparison.Of(one, ["char_order", "word_order", "beta", "lowercase", "whitespace", "eps_smoothing"], new Dictionary<string, object?>
        {
            ["signature"] = options.Signature(references[0].Length),
            ["name"] = options.Name,
            ["score"] = chrF.Corpus(texts, references),
            ["sentence_scores"] = texts.Select((text, i) => chrF.Sentence(text, references[i])),
        });
    }

    private static GoldenResult Ter(JsonElement one, string[] texts, string[][] references)
    {
        var options = new TerOptions(Flag(one, "normalized"), Flag(one, "no_punct"), Flag(one, "asian_support"), Flag(one, "case_sensitive"));
        var ter = new TerScorer(options);
        TerScore score = ter.Corpus(texts, references);
        return MetricComparison.Of(one, ["normalized", "no_punct", "asian_support", "case_sensitive"], new Dictionary<string, object?>
        {
            ["signature"] = options.Signature(references[0].Length),
            ["score"] = score.Score,
            ["num_edits"] = score.NumEdits,
            ["ref_length"] = score.ReferenceLength,
            ["sentence_scores"] = texts.Select((text, i) => ter.Sentence(text, references[i]).Score),
        });
    }

    private static GoldenResult Tokenised(JsonElement one)
    {
        string text = one.GetProperty("text").GetString()!;
        return MetricComparison.Of(one, ["text"], new Dictionary<string, object?>
        {
            ["13a"] = BleuTokenizer.Tokenize(text, BleuTokenization.V13a),
            ["intl"] = BleuTokenizer.Tokenize(text, BleuTokenization.International),
            ["zh"] = BleuTokenizer.Tokenize(text, BleuTokenization.Chinese),
            ["char"] = BleuTokenizer.Tokenize(text, BleuTokenization.Character),
            ["ter"] = TerTokenizer.Tokenize(text, new TerOptions()),
            ["ter_normalized"] = TerTokenizer.Tokenize(text, new TerOptions(Normalized: true)),
            ["ter_normalized_asian"] = TerTokenizer.Tokenize(text, new TerOptions(Normalized: true, AsianSupport: true)),
        });
    }
}
