namespace TuneSharp.Evaluation.Texts;

/// <summary>Longest common subsequence of two token lists.</summary>
public static class CommonSubsequence
{
    /// <summary>Its length, with two rows of the table in memory.</summary>
    public static int Length(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var above = new int[b.Count + 1];
        var row = new int[b.Count + 1];
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++) row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
            (above, row) = (row, above);
        }
        return above[b.Count];
    }

    /// <summary>
    /// Positions in <paramref name="a"/> of one longest subsequence. Among equals it is the one that rouge_score's way back
    /// through the table finds: the row above unless the column before is better.
    /// </summary>
    public static List<int> Positions(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var table = new int[a.Count + 1, b.Count + 1];
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++)
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
        }

        var positions = new List<int>();
        for (int i = a.Count, j = b.Count; i > 0 && j > 0;)
        {
            if (a[i - 1] == b[j - 1])
            {
                positions.Add(i - 1);
                i--;
                j--;
            }
            else if (table[i, j - 1] > table[i - 1, j]) j--;
            else i--;
        }
        positions.Reverse();
        return positions;
    }
}
