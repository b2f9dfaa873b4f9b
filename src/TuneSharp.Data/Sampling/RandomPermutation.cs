namespace TuneSharp.Data.Sampling;

/// <summary>Random orders of rows, number for number as torch draws them.</summary>
public static class RandomPermutation
{
    /// <summary>
    /// <c>torch.randperm(n, generator=torch.Generator().manual_seed(seed))</c> on the CPU: from the front, position i changes places with
    /// i + random32 mod (n − i).
    /// </summary>
    /// <param name="count">Number of elements, at least 0.</param>
    /// <param name="seed">Seed; its low 32 bits count, as in torch.</param>
    public static int[] Of(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        var random = new MersenneTwister(seed);
        for (int i = 0; i < count - 1; i++)
        {
            int j = i + (int)(random.NextUInt32() % (uint)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
