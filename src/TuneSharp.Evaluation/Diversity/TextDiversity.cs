using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Diversity;

/// <summary>How much a set of texts repeats itself.</summary>
public static class TextDiversity
{
    /// <summary>distinct-n (Li et al. 2016): different n-grams over all n-grams of the whole set; 0 if there is none.</summary>
    public static double Distinct(IReadOnlyList<IReadOnlyList<string>> texts, int n)
    {
        var different = new HashSet<string>();
        long all = 0;
        foreach (IReadOnlyList<string> text in texts)
        {
            Dictionary<string, int> counts = NGrams.Count(text, n);
            different.UnionWith(counts.Keys);
            all += counts.Values.Sum();
        }
        return all == 0 ? 0 : (double)different.Count / all;
    }

    /// <summary>Mean of the texts' own distinct-n; texts shorter than n are left out, 0 if none is left.</summary>
    public static double MeanDistinct(IReadOnlyList<IReadOnlyList<string>> texts, int n)
    {
        double[] each = [.. texts.Where(text => text.Count >= n).Select(text => Distinct([text], n))];
        return each.Length == 0 ? 0 : each.Average();
    }

    /// <summary>Mean share of n-grams that a text has already said.</summary>
    public static double MeanRepetition(IReadOnlyList<IReadOnlyList<string>> texts, int n)
    {
        double[] each = [.. texts.Where(text => text.Count >= n).Select(text => 1 - Distinct([text], n))];
        return each.Length == 0 ? 0 : each.Average();
    }

    /// <summary>Entropy of the tokens of the whole set, in bits.</summary>
    public static double EntropyBits(IReadOnlyList<IReadOnlyList<string>> texts)
    {
        Dictionary<string, int> counts = NGrams.Count([.. texts.SelectMany(text => text)], 1);
        double all = counts.Values.Sum();
        return -counts.Values.Sum(count => count / all * Math.Log2(count / all));
    }
}
