namespace TuneSharp.Data.Packing;

/// <summary>
/// One row after the other is filled with the longest piece that still fits; of equally long ones with the last. Number for number
/// the rows of LLaMA-Factory's <c>greedy_knapsack</c>.
/// </summary>
internal static class GreedyKnapsack
{
    public static IEnumerable<IReadOnlyList<PackedPiece>> Pack(IEnumerable<PackedPiece> pieces, int capacity)
    {
        // Sorted by length, stable: the last of equally long ones stands behind the others and is taken first.
        List<PackedPiece> left = [.. pieces.Where(piece => piece.Length > 0).OrderBy(piece => piece.Length)];
        while (left.Count > 0)
        {
            var row = new List<PackedPiece>();
            int room = capacity;
            for (int at = LastOfAtMost(left, room); at >= 0; at = LastOfAtMost(left, room))
            {
                row.Add(left[at]);
                room -= left[at].Length;
                left.RemoveAt(at);
            }
            yield return row;
        }
    }

    private static int LastOfAtMost(List<PackedPiece> sorted, int length)
    {
        int low = 0, high = sorted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle].Length <= length) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }
}
