namespace TuneSharp.Evaluation.Distances;

/// <summary>How many insertions, deletions, substitutions (and swaps) make one sequence of another.</summary>
public static class EditDistance
{
    /// <summary>Levenshtein (1966).</summary>
    public static int Levenshtein<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
        where T : IEquatable<T>
    {
        int[] above = [.. Enumerable.Range(0, b.Count + 1)];
        var row = new int[b.Count + 1];
        for (int i = 1; i <= a.Count; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Count; j++) row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1].Equals(b[j - 1]) ? 0 : 1));
            (above, row) = (row, above);
        }
        return above[b.Count];
    }

    /// <summary>With swaps of neighbours, and no part is edited twice ("optimal string alignment").</summary>
    public static int OptimalStringAlignment<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
        where T : IEquatable<T>
    {
        var d = new int[a.Count + 1, b.Count + 1];
        for (int i = 0; i <= a.Count; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Count; j++) d[0, j] = j;
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1].Equals(b[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1].Equals(b[j - 2]) && a[i - 2].Equals(b[j - 1])) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Count, b.Count];
    }

    /// <summary>Damerau and Levenshtein without that restriction (Lowrance and Wagner 1975).</summary>
    public static int Damerau<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
        where T : IEquatable<T>
    {
        int far = a.Count + b.Count;
        var d = new int[a.Count + 2, b.Count + 2];
        d[0, 0] = far;
        for (int i = 0; i <= a.Count; i++) (d[i + 1, 0], d[i + 1, 1]) = (far, i);
        for (int j = 0; j <= b.Count; j++) (d[0, j + 1], d[1, j + 1]) = (far, j);
        var lastRow = new Dictionary<T, int>();
        for (int i = 1; i <= a.Count; i++)
        {
            int lastMatch = 0;
            for (int j = 1; j <= b.Count; j++)
            {
                int k = lastRow.GetValueOrDefault(b[j - 1]), l = lastMatch;
                bool same = a[i - 1].Equals(b[j - 1]);
                if (same) lastMatch = j;
                int swapped = d[k, l] + (i - k - 1) + 1 + (j - l - 1);
                d[i + 1, j + 1] = Math.Min(Math.Min(d[i, j + 1], d[i + 1, j]) + 1, Math.Min(d[i, j] + (same ? 0 : 1), swapped));
            }
            lastRow[a[i - 1]] = i;
        }
        return d[a.Count + 1, b.Count + 1];
    }

    /// <summary>1 − Levenshtein / the longer length; 1 for two empty ones.</summary>
    public static double Similarity<T>(IReadOnlyList<T> a, IReadOnlyList<T> b)
        where T : IEquatable<T>
    {
        int longer = Math.Max(a.Count, b.Count);
        return longer == 0 ? 1 : 1 - (double)Levenshtein(a, b) / longer;
    }
}
