namespace TuneSharp.Evaluation.TranslationEdits;

/// <summary>What happens to a word when a text is rewritten into its reference.</summary>
internal enum EditOperation : byte
{
    None,
    Keep,
    Substitute,
    Insert,
    Delete,
}

/// <summary>
/// Edit distance that looks only at a band around the diagonal, as Tercom's does: far from it, a cheaper path is not seen.
/// </summary>
internal static class BeamEditDistance
{
    private const int BeamWidth = 25;
    private const long Unseen = (long)1e16;

    /// <param name="words">The text.</param>
    /// <param name="reference">At least one word.</param>
    /// <param name="trace">The operations from the first word to the last.</param>
    public static int Compute(string[] words, string[] reference, out List<EditOperation> trace)
    {
        int n = words.Length, m = reference.Length;
        var cost = new long[n + 1, m + 1];
        var operation = new EditOperation[n + 1, m + 1];
        for (int j = 0; j <= m; j++) (cost[0, j], operation[0, j]) = (j, EditOperation.Insert);
        double ratio = n == 0 ? 1 : (double)m / n;
        int width = BeamWidth < ratio / 2 ? (int)Math.Ceiling(ratio / 2 + BeamWidth) : BeamWidth;
        for (int i = 1; i <= n; i++)
        {
            for (int j = 0; j <= m; j++) cost[i, j] = Unseen;
            int diagonal = (int)Math.Floor(i * ratio);
            int end = i == n ? m + 1 : Math.Min(m + 1, diagonal + width);
            for (int j = Math.Max(0, diagonal - width); j < end; j++)
            {
                if (j == 0)
                {
                    (cost[i, 0], operation[i, 0]) = (cost[i - 1, 0] + 1, EditOperation.Delete);
                    continue;
                }
                // The order of preference among equals: keep or substitute, delete, insert.
                bool same = words[i - 1] == reference[j - 1];
                Take(i, j, cost[i - 1, j - 1] + (same ? 0 : 1), same ? EditOperation.Keep : EditOperation.Substitute);
                Take(i, j, cost[i - 1, j] + 1, EditOperation.Delete);
                Take(i, j, cost[i, j - 1] + 1, EditOperation.Insert);
            }
        }

        trace = [];
        for (int i = n, j = m; i > 0 || j > 0;)
        {
            EditOperation last = operation[i, j];
            trace.Add(last);
            if (last != EditOperation.Insert) i--;
            if (last != EditOperation.Delete) j--;
        }
        trace.Reverse();
        return (int)cost[n, m];

        void Take(int i, int j, long candidate, EditOperation how)
        {
            if (candidate < cost[i, j]) (cost[i, j], operation[i, j]) = (candidate, how);
        }
    }
}
