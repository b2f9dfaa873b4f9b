using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Bleu;

/// <summary>
/// BLEU of single sentences as NLTK computes it, 0 to 1, with the smoothing methods 0 to 7 of Chen and Cherry (2014). Method 3
/// over characters is LLaMA-Factory's "bleu-4" (times 100).
/// </summary>
public static class NltkBleu
{
    private const double Epsilon = 0.1, K = 5, Alpha = 5;

    // Python's sys.float_info.min: what method 0 puts in the place of no match.
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <param name="references">Tokens of one or more references.</param>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="method">0 to 7.</param>
    /// <param name="weights">Of each order; null: a quarter for each of four.</param>
    /// <exception cref="ArithmeticException">Method 6 is not defined without a matching bigram.</exception>
    public static double Sentence(IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<string> tokens, int method, IReadOnlyList<double>? weights = null) =>
        Corpus([references], [tokens], method, weights);

    /// <summary>Counts of all sentences are added up before they are divided.</summary>
    public static double Corpus(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> references, IReadOnlyList<IReadOnlyList<string>> texts, int method, IReadOnlyList<double>? weights = null)
    {
        weights ??= [0.25, 0.25, 0.25, 0.25];
        var precisions = new Precision[weights.Count];
        for (int n = 0; n < precisions.Length; n++)
        {
            precisions[n] = new Precision(0, 0);
            for (int i = 0; i < texts.Count; i++)
            {
                Precision one = Modified(references[i], texts[i], n + 1);
                precisions[n] = new Precision(precisions[n].Numerator + one.Numerator, precisions[n].Denominator + one.Denominator);
            }
        }
        if (precisions[0].Numerator == 0) return 0;
        int length = texts.Sum(text => text.Count), closest = 0;
        for (int i = 0; i < texts.Count; i++) closest += references[i].Select(r => r.Count).OrderBy(l => Math.Abs(l - texts[i].Count)).ThenBy(l => l).First();
        double brevity = length > closest ? 1 : length == 0 ? 0 : Math.Exp(1 - (double)closest / length);
        Precision[] smooth = Smooth(precisions, method, references[^1], texts[^1], length);
        // An order without any n-gram in a one-token text stays 0 with method 4; NLTK passes over it.
        return brevity * Math.Exp(smooth.Zip(weights, (p, w) => p.Value > 0 ? w * Math.Log(p.Value) : 0).Sum());
    }

    // Numerator and denominator stay apart: methods ask for them.
    private readonly record struct Precision(double Numerator, double Denominator)
    {
        public double Value => Numerator / Denominator;
    }

    private static Precision Modified(IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<string> tokens, int n)
    {
        Dictionary<string, int> most = [];
        foreach (IReadOnlyList<string> reference in references)
        {
            foreach ((string gram, int count) in NGrams.Count(reference, n)) most[gram] = Math.Max(count, most.GetValueOrDefault(gram));
        }
        return new Precision(NGrams.Overlap(NGrams.Count(tokens, n), most), Math.Max(1, tokens.Count - n + 1));
    }

    private static Precision[] Smooth(Precision[] p, int method, IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<string> tokens, int length) => method switch
    {
        0 => Array.ConvertAll(p, one => one.Numerator == 0 ? new Precision(SmallestNormal, 1) : one),
        1 => Array.ConvertAll(p, one => one.Numerator == 0 ? one with { Numerator = Epsilon } : one),
        2 => [p[0], .. p.Skip(1).Select(one => new Precision(one.Numerator + 1, one.Denominator + 1))],
        3 => Halved(p, power => 1 / power),
        4 => Length(p, length),
        5 => Neighbours(p, Modified(references, tokens, 5)),
        6 => Interpolated(p),
        7 => Neighbours(Length(p, length), Modified(references, tokens, 5)),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Methods are 0 to 7."),
    };

    private static Precision[] Halved(Precision[] p, Func<double, double> numerator)
    {
        double power = 1;
        return Array.ConvertAll(p, one => one.Numerator == 0 ? one with { Numerator = numerator(power *= 2) } : one);
    }

    private static Precision[] Length(Precision[] p, int length) => length > 1 ? Halved(p, power => 1 / (power * K / Math.Log(length))) : p;

    // The mean of an order, the one below (smoothed already; first of all 1 more than unigrams) and the one above.
    private static Precision[] Neighbours(Precision[] p, Precision fifth)
    {
        var smooth = new Precision[p.Length];
        double below = p[0].Value + 1;
        for (int n = 0; n < p.Length; n++)
        {
            double above = n + 1 < p.Length ? p[n + 1].Value : fifth.Value;
            below = (below + p[n].Value + above) / 3;
            smooth[n] = new Precision(below, 1);
        }
        return smooth;
    }

    private static Precision[] Interpolated(Precision[] p)
    {
        if (p.Length < 3 || p[2].Numerator == 0) throw new ArithmeticException("Smoothing method 6 needs a matching trigram.");
        Precision[] smooth = [.. p];
        for (int n = 2; n < p.Length; n++)
        {
            double prior = smooth[n - 2].Value == 0 ? 0 : smooth[n - 1].Value * smooth[n - 1].Value / smooth[n - 2].Value;
            smooth[n] = new Precision(p[n].Numerator + Alpha * prior, p[n].Denominator + Alpha);
        }
        return smooth;
    }
}
