namespace TuneSharp.Data.Sampling;

/// <summary>
/// A random order in which rows of similar length stand together: <c>group_by_length</c> of Hugging Face's Trainer. A permutation is cut
/// into pieces of up to 50 steps, each is sorted by length, and the longest row of all comes first, so that too little memory shows at once.
/// </summary>
public static class LengthGroupedOrder
{
    private const int MostStepsSortedTogether = 50;

    /// <summary>
    /// The order of one epoch, as transformers draws it from its global generator: per epoch a 64-bit number for the loader and then a
    /// permutation (equal as long as nothing else draws, dropout for example).
    /// </summary>
    /// <param name="lengths">Length of every row.</param>
    /// <param name="rowsPerStep">Rows of one optimizer step.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="epoch">From 0.</param>
    public static int[] Of(IReadOnlyList<int> lengths, int rowsPerStep, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsPerStep, 1);
        var random = new TorchRandom(seed);
        int[] order = [];
        for (int e = 0; e <= epoch; e++)
        {
            _ = random.NextInt64();
            order = random.Permutation(lengths.Count);
        }
        if (order.Length == 0) return order;

        int steps = Math.Clamp(lengths.Count / (rowsPerStep * 4), 1, MostStepsSortedTogether), size = steps * rowsPerStep;
        int longest = 0;
        for (int start = 0; start < order.Length; start += size)
        {
            int[] piece = [.. order[start..Math.Min(order.Length, start + size)].OrderByDescending(row => lengths[row])];
            piece.CopyTo(order, start);
            if (lengths[order[start]] > lengths[order[longest]]) longest = start;
        }
        (order[0], order[longest]) = (order[longest], order[0]);
        return order;
    }
}
