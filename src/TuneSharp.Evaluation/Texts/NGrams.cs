namespace TuneSharp.Evaluation.Texts;

/// <summary>How often each run of n tokens occurs.</summary>
public static class NGrams
{
    // No token of any tokenizer here holds it: white space separates them. It keeps ("a b", "c") and ("a", "b c") apart.
    private const char Separator = '\uFFFF';

    public static Dictionary<string, int> Count(IReadOnlyList<string> tokens, int n)
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i + n <= tokens.Count; i++)
        {
            string gram = Key(tokens, i, n);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }
        return counts;
    }

    /// <summary>Number of n-grams that both have, each counted as often as in the one with fewer.</summary>
    public static int Overlap(Dictionary<string, int> a, Dictionary<string, int> b)
    {
        int overlap = 0;
        foreach ((string gram, int count) in a) overlap += Math.Min(count, b.GetValueOrDefault(gram));
        return overlap;
    }

    public static string Key(IReadOnlyList<string> tokens, int start, int n)
    {
        if (n == 1) return tokens[start];
        var key = new System.Text.StringBuilder(tokens[start]);
        for (int i = 1; i < n; i++) key.Append(Separator).Append(tokens[start + i]);
        return key.ToString();
    }
}
