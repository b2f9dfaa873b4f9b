namespace TuneSharp.Evaluation.Distances;

/// <summary>
/// The ratio of Ratcliff and Obershelp (1988) as Python's difflib.SequenceMatcher computes it: the longest common block, then
/// the same on both sides of it; twice the matched characters over all characters.
/// </summary>
public static class MatchingBlocks
{
    // difflib leaves out what occurs in more than 1 % of a second sequence of at least 200 items ("autojunk").
    private const int JunkFrom = 200;

    public static double Ratio(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        if (a.Count + b.Count == 0) return 1;
        Dictionary<string, List<int>> positions = [];
        for (int j = 0; j < b.Count; j++)
        {
            if (!positions.TryGetValue(b[j], out List<int>? at)) positions[b[j]] = at = [];
            at.Add(j);
        }
        if (b.Count >= JunkFrom)
        {
            foreach (string popular in positions.Where(pair => pair.Value.Count > b.Count / 100 + 1).Select(pair => pair.Key).ToArray()) positions.Remove(popular);
        }

        int matched = 0;
        var open = new Stack<(int FromA, int ToA, int FromB, int ToB)>();
        open.Push((0, a.Count, 0, b.Count));
        while (open.TryPop(out (int FromA, int ToA, int FromB, int ToB) part))
        {
            (int i, int j, int size) = Longest(a, b, positions, part);
            if (size == 0) continue;
            matched += size;
            if (part.FromA < i && part.FromB < j) open.Push((part.FromA, i, part.FromB, j));
            if (i + size < part.ToA && j + size < part.ToB) open.Push((i + size, part.ToA, j + size, part.ToB));
        }
        return 2.0 * matched / (a.Count + b.Count);
    }

    // The first of the longest blocks, then widened by equal items that are too frequent to start from.
    private static (int I, int J, int Size) Longest(IReadOnlyList<string> a, IReadOnlyList<string> b, Dictionary<string, List<int>> positions, (int FromA, int ToA, int FromB, int ToB) part)
    {
        (int besti, int bestj, int size) = (part.FromA, part.FromB, 0);
        Dictionary<int, int> lengths = [];
        for (int i = part.FromA; i < part.ToA; i++)
        {
            Dictionary<int, int> next = [];
            foreach (int j in positions.GetValueOrDefault(a[i]) ?? [])
            {
                if (j < part.FromB) continue;
                if (j >= part.ToB) break;
                int length = next[j] = lengths.GetValueOrDefault(j - 1) + 1;
                if (length > size) (besti, bestj, size) = (i - length + 1, j - length + 1, length);
            }
            lengths = next;
        }
        while (besti > part.FromA && bestj > part.FromB && a[besti - 1] == b[bestj - 1]) (besti, bestj, size) = (besti - 1, bestj - 1, size + 1);
        while (besti + size < part.ToA && bestj + size < part.ToB && a[besti + size] == b[bestj + size]) size++;
        return (besti, bestj, size);
    }
}
