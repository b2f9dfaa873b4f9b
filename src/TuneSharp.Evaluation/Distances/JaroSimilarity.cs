namespace TuneSharp.Evaluation.Distances;

/// <summary>Similarity of names, 0 to 1: Jaro (1989), and Winkler's (1990) bonus for a common beginning.</summary>
public static class JaroSimilarity
{
    // The bonus is given to pairs that are alike already, for at most four characters.
    private const double BonusFrom = 0.7, BonusWeight = 0.1;
    private const int LongestPrefix = 4;

    public static double Jaro(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        if (a.Count == 0 && b.Count == 0) return 1;
        if (a.Count == 0 || b.Count == 0) return 0;
        int window = Math.Max(Math.Max(a.Count, b.Count) / 2 - 1, 0);
        bool[] inA = new bool[a.Count], inB = new bool[b.Count];
        int matches = 0;
        for (int j = 0; j < b.Count; j++)
        {
            for (int i = Math.Max(0, j - window); i < Math.Min(a.Count, j + window + 1); i++)
            {
                if (inA[i] || a[i] != b[j]) continue;
                inA[i] = inB[j] = true;
                matches++;
                break;
            }
        }
        if (matches == 0) return 0;
        string[] left = [.. a.Where((_, i) => inA[i])], right = [.. b.Where((_, j) => inB[j])];
        int transpositions = left.Zip(right).Count(pair => pair.First != pair.Second) / 2;
        double m = matches;
        return (m / a.Count + m / b.Count + (m - transpositions) / m) / 3;
    }

    public static double JaroWinkler(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        double jaro = Jaro(a, b);
        if (jaro <= BonusFrom) return jaro;
        int prefix = 0;
        while (prefix < Math.Min(LongestPrefix, Math.Min(a.Count, b.Count)) && a[prefix] == b[prefix]) prefix++;
        return jaro + prefix * BonusWeight * (1 - jaro);
    }
}
