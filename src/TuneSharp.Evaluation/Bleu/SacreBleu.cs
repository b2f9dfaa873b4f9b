using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Bleu;

/// <summary>How BLEU is computed; the defaults are sacreBLEU's (Post 2018).</summary>
/// <param name="SmoothValue">Null: 0.1 for floor, 1 for add-k.</param>
/// <param name="EffectiveOrder">Orders longer than the text do not count: for single sentences.</param>
public sealed record BleuOptions(BleuTokenization Tokenization = BleuTokenization.V13a, BleuSmoothing Smoothing = BleuSmoothing.Exp, double? SmoothValue = null, bool Lowercase = false, int MaxOrder = 4, bool EffectiveOrder = false)
{
    /// <summary>Names everything that decides about the number, as sacreBLEU's signature of version 2.6.0.</summary>
    public string Signature(int numReferences)
    {
        string smoothing = Smoothing switch
        {
            BleuSmoothing.Floor => $"floor[{PythonNumber.Fixed(SmoothValue ?? 0.1, 2)}]",
            BleuSmoothing.AddK => $"add-k[{PythonNumber.Fixed(SmoothValue ?? 1, 2)}]",
            BleuSmoothing.None => "none",
            _ => "exp",
        };
        return $"nrefs:{numReferences}|case:{(Lowercase ? "lc" : "mixed")}|eff:{(EffectiveOrder ? "yes" : "no")}|tok:{BleuTokenizer.NameOf(Tokenization)}|smooth:{smoothing}|version:2.6.0";
    }
}

/// <summary>BLEU as sacreBLEU computes it.</summary>
public sealed class SacreBleu(BleuOptions options)
{
    // What sacreBLEU takes for the logarithm of zero.
    private const double LogOfZero = -9999999999;

    private readonly BleuOptions _options = options;

    /// <summary>Of all texts together: counts are added up before they are divided.</summary>
    /// <param name="texts">What a system wrote.</param>
    /// <param name="references">Of each text one or more.</param>
    public BleuScore Corpus(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references)
    {
        var total = new Statistics(_options.MaxOrder);
        for (int i = 0; i < texts.Count; i++) total.Add(StatisticsOf(texts[i], references[i]));
        return Compute(total);
    }

    /// <summary>The corpus score of each resample: counts are taken once a text, then added up for the rows that a resample draws.</summary>
    public IReadOnlyList<double> Resample(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references, IEnumerable<IReadOnlyList<int>> draws)
    {
        Statistics[] each = [.. texts.Select((text, i) => StatisticsOf(text, references[i]))];
        return [.. draws.Select(draw =>
        {
            var total = new Statistics(_options.MaxOrder);
            foreach (int row in draw) total.Add(each[row]);
            return Compute(total).Score;
        })];
    }

    /// <summary>Of one text.</summary>
    public BleuScore Sentence(string text, IReadOnlyList<string> references) => Compute(StatisticsOf(text, references));

    private Statistics StatisticsOf(string text, IReadOnlyList<string> references)
    {
        List<string> tokens = Tokens(text);
        List<string>[] expected = [.. references.Select(Tokens)];
        var statistics = new Statistics(_options.MaxOrder)
        {
            TextLength = tokens.Count,
            ReferenceLength = expected.Select(reference => reference.Count).OrderBy(length => Math.Abs(length - tokens.Count)).ThenBy(length => length).First(),
        };
        for (int n = 1; n <= _options.MaxOrder; n++)
        {
            Dictionary<string, int> most = [];
            foreach (List<string> reference in expected)
            {
                foreach ((string gram, int count) in NGrams.Count(reference, n)) most[gram] = Math.Max(count, most.GetValueOrDefault(gram));
            }
            statistics.Counts[n - 1] = NGrams.Overlap(NGrams.Count(tokens, n), most);
            statistics.Totals[n - 1] = Math.Max(tokens.Count - n + 1, 0);
        }
        return statistics;
    }

    private List<string> Tokens(string text) =>
        PythonText.Split(BleuTokenizer.Tokenize(PythonText.TrimEnd(_options.Lowercase ? PythonText.Lower(text) : text), _options.Tokenization));

    private BleuScore Compute(Statistics s)
    {
        int orders = _options.MaxOrder;
        double[] counts = [.. s.Counts], totals = [.. s.Totals], precisions = new double[orders];
        double brevity = s.TextLength >= s.ReferenceLength ? 1 : s.TextLength > 0 ? Math.Exp(1 - (double)s.ReferenceLength / s.TextLength) : 0;
        if (counts.All(count => count == 0)) return new BleuScore(0, counts, totals, precisions, brevity, s.TextLength, s.ReferenceLength);

        double halving = 1;
        int effective = orders;
        for (int n = 0; n < orders; n++)
        {
            if (_options.Smoothing == BleuSmoothing.AddK && n > 0)
            {
                counts[n] += _options.SmoothValue ?? 1;
                totals[n] += _options.SmoothValue ?? 1;
            }
            if (totals[n] == 0) break;
            if (_options.EffectiveOrder) effective = n + 1;
            if (counts[n] > 0) precisions[n] = 100 * counts[n] / totals[n];
            else if (_options.Smoothing == BleuSmoothing.Exp) precisions[n] = 100 / ((halving *= 2) * totals[n]);
            else if (_options.Smoothing == BleuSmoothing.Floor) precisions[n] = 100 * (_options.SmoothValue ?? 0.1) / totals[n];
        }

        double logarithms = precisions.Take(effective).Sum(p => p == 0 ? LogOfZero : Math.Log(p));
        return new BleuScore(brevity * Math.Exp(logarithms / effective), counts, totals, precisions, brevity, s.TextLength, s.ReferenceLength);
    }

    private sealed class Statistics(int orders)
    {
        public double[] Counts { get; } = new double[orders];

        public double[] Totals { get; } = new double[orders];

        public int TextLength { get; set; }

        public int ReferenceLength { get; set; }

        public void Add(Statistics other)
        {
            TextLength += other.TextLength;
            ReferenceLength += other.ReferenceLength;
            for (int n = 0; n < Counts.Length; n++)
            {
                Counts[n] += other.Counts[n];
                Totals[n] += other.Totals[n];
            }
        }
    }
}
