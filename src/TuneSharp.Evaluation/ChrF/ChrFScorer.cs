using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.ChrF;

/// <summary>How chrF is computed; the defaults are sacreBLEU's. A word order of 2 makes it chrF++.</summary>
/// <param name="CharacterOrder">Longest n-gram of characters.</param>
/// <param name="WordOrder">Longest n-gram of words; 0: characters only.</param>
/// <param name="Beta">How much more recall counts than precision.</param>
/// <param name="Whitespace">Blanks are characters too.</param>
/// <param name="EpsilonSmoothing">As chrF++.py and NLTK do it, instead of leaving out orders that a text is too short for.</param>
public sealed record ChrFOptions(int CharacterOrder = 6, int WordOrder = 0, int Beta = 2, bool Lowercase = false, bool Whitespace = false, bool EpsilonSmoothing = false)
{
    /// <summary>chrF2, chrF2++, …</summary>
    public string Name => $"chrF{Beta}{new string('+', WordOrder)}";

    /// <summary>Names everything that decides about the number, as sacreBLEU's signature of version 2.6.0.</summary>
    public string Signature(int numReferences) =>
        $"nrefs:{numReferences}|case:{(Lowercase ? "lc" : "mixed")}|eff:{(EpsilonSmoothing ? "no" : "yes")}|nc:{CharacterOrder}|nw:{WordOrder}|space:{(Whitespace ? "yes" : "no")}|version:2.6.0";
}

/// <summary>chrF and chrF++ (Popović 2015, 2017) as sacreBLEU computes them: F-score of n-grams of characters and words, 0 to 100.</summary>
public sealed class ChrFScorer(ChrFOptions options)
{
    private const double Epsilon = 1e-16;
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private readonly ChrFOptions _options = options;

    /// <summary>Of all texts together: counts are added up before they are divided.</summary>
    public double Corpus(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references)
    {
        var total = new OrderCounts[_options.CharacterOrder + _options.WordOrder];
        for (int i = 0; i < texts.Count; i++)
        {
            OrderCounts[] one = StatisticsOf(texts[i], references[i]);
            for (int n = 0; n < total.Length; n++) total[n] += one[n];
        }
        return Compute(total);
    }

    /// <summary>The corpus score of each resample: counts are taken once a text, then added up for the rows that a resample draws.</summary>
    public IReadOnlyList<double> Resample(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references, IEnumerable<IReadOnlyList<int>> draws)
    {
        OrderCounts[][] each = [.. texts.Select((text, i) => StatisticsOf(text, references[i]))];
        return [.. draws.Select(draw => Compute([.. Enumerable.Range(0, _options.CharacterOrder + _options.WordOrder).Select(n => draw.Aggregate(default(OrderCounts), (sum, row) => sum + each[row][n]))]))];
    }

    /// <summary>Of one text: the reference that gives the best score.</summary>
    public double Sentence(string text, IReadOnlyList<string> references) => Compute(StatisticsOf(text, references));

    private OrderCounts[] StatisticsOf(string text, IReadOnlyList<string> references)
    {
        List<Dictionary<string, int>> grams = GramsOf(text);
        OrderCounts[] best = [];
        double bestScore = -1;
        foreach (string reference in references)
        {
            List<Dictionary<string, int>> expected = GramsOf(reference);
            OrderCounts[] counts = [.. grams.Zip(expected, (a, b) => new OrderCounts(b.Count == 0 ? 0 : a.Values.Sum(), b.Values.Sum(), NGrams.Overlap(a, b)))];
            double score = Compute(counts);
            if (score <= bestScore) continue;
            (best, bestScore) = (counts, score);
        }
        return best;
    }

    private List<Dictionary<string, int>> GramsOf(string text)
    {
        if (_options.Lowercase) text = PythonText.Lower(text);
        List<string> characters = CodePoints.Of(_options.Whitespace ? text : string.Concat(PythonText.Split(text)));
        List<string> words = _options.WordOrder == 0 ? [] : Words(text);
        return [.. Enumerable.Range(1, _options.CharacterOrder).Select(n => NGrams.Count(characters, n)), .. Enumerable.Range(1, _options.WordOrder).Select(n => NGrams.Count(words, n))];
    }

    // One punctuation mark at the end of a word, or else one at its start, is a word of its own.
    private static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (string word in PythonText.Split(text))
        {
            List<string> points = CodePoints.Of(word);
            if (points.Count == 1) words.Add(word);
            else if (Punctuation.Contains(points[^1])) words.AddRange([word[..^1], points[^1]]);
            else if (Punctuation.Contains(points[0])) words.AddRange([points[0], word[1..]]);
            else words.Add(word);
        }
        return words;
    }

    private double Compute(OrderCounts[] orders)
    {
        double score = 0, precision = 0, recall = 0, factor = _options.Beta * _options.Beta;
        int effective = 0;
        foreach (OrderCounts order in orders)
        {
            double p = order.InText > 0 ? order.Matches / (double)order.InText : Epsilon;
            double r = order.InReference > 0 ? order.Matches / (double)order.InReference : Epsilon;
            double denominator = factor * p + r;
            score += denominator > 0 ? (1 + factor) * p * r / denominator : Epsilon;
            if (order.InText == 0 || order.InReference == 0) continue;
            precision += p;
            recall += r;
            effective++;
        }
        if (_options.EpsilonSmoothing) return 100 * score / orders.Length;
        if (effective == 0 || precision + recall == 0) return 0;
        precision /= effective;
        recall /= effective;
        return 100 * ((1 + factor) * precision * recall / (factor * precision + recall));
    }

    private readonly record struct OrderCounts(int InText, int InReference, int Matches)
    {
        public static OrderCounts operator +(OrderCounts a, OrderCounts b) => new(a.InText + b.InText, a.InReference + b.InReference, a.Matches + b.Matches);
    }
}
