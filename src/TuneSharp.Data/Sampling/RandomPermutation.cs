using System.Numerics;

namespace TuneSharp.Data.Sampling;

/// <summary>Random orders of rows, number for number as torch, Python and NumPy draw them.</summary>
public static class RandomPermutation
{
    /// <summary><c>torch.randperm(n, generator=torch.Generator().manual_seed(seed))</c> on the CPU.</summary>
    /// <param name="count">Number of elements, at least 0.</param>
    /// <param name="seed">Seed; its low 32 bits count, as in torch.</param>
    public static int[] Of(int count, long seed) => new TorchRandom(seed).Permutation(count);

    /// <summary><c>random.Random(seed).shuffle(list(range(n)))</c> of Python: from the back, bits that are too large are thrown away.</summary>
    /// <param name="count">Number of elements, at least 0.</param>
    /// <param name="seed">Seed; its sign does not count, as in Python.</param>
    public static int[] AsPython(int count, long seed)
    {
        ulong size = seed < 0 ? unchecked(0UL - (ulong)seed) : (ulong)seed;
        ReadOnlySpan<uint> key = size <= uint.MaxValue ? [(uint)size] : [(uint)size, (uint)(size >> 32)];
        var random = new MersenneTwister(key);
        return FromTheBack(count, below =>
        {
            int bits = BitOperations.Log2((uint)below) + 1;
            uint drawn;
            do drawn = random.NextUInt32() >> (32 - bits); while (drawn >= below);
            return (int)drawn;
        });
    }

    /// <summary><c>numpy.random.RandomState(seed).permutation(n)</c>: from the back, numbers above the limit are thrown away.</summary>
    /// <param name="count">Number of elements, at least 0.</param>
    /// <param name="seed">Seed below 2^32.</param>
    public static int[] AsNumPy(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, uint.MaxValue);
        var random = new MersenneTwister(seed);
        return FromTheBack(count, below =>
        {
            uint most = (uint)below - 1, mask = most == 0 ? 0 : uint.MaxValue >> BitOperations.LeadingZeroCount(most), drawn;
            do drawn = random.NextUInt32() & mask; while (drawn > most);
            return (int)drawn;
        });
    }

    private static int[] FromTheBack(int count, Func<int, int> below)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
