namespace TuneSharp.Data.Sampling;

/// <summary>
/// The numbers that torch's CPU generator draws after <c>manual_seed(seed)</c>, one for one: so that a row order, a split or a first
/// value can be the one of a run in Python.
/// </summary>
public sealed class TorchRandom(long seed)
{
    /// <summary>torch fills at least so many normal numbers in blocks of this size, by another rule than single ones.</summary>
    private const int NormalBlock = 16;

    private readonly MersenneTwister _bits = new(seed);

    /// <summary><c>torch.empty((), dtype=torch.int64).random_()</c>: 0 … 2^63 − 1.</summary>
    public long NextInt64() => (long)(Next64() & long.MaxValue);

    /// <summary><c>torch.rand(1)</c>: 24 random bits in [0, 1).</summary>
    public float NextSingle() => (_bits.NextUInt32() & 0xFFFFFF) / (float)(1 << 24);

    /// <summary><c>torch.randint(low, high, (1,))</c>.</summary>
    public int NextInt32(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(low, high);
        return low + (int)(_bits.NextUInt32() % (uint)(high - low));
    }

    /// <summary><c>torch.bernoulli</c> of a float32 probability.</summary>
    public bool NextBernoulli(double probability) => NextSingle() < probability;

    /// <summary><c>torch.randn(count)</c> (Box and Muller 1958).</summary>
    public float[] Normal(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        float[] values = new float[count];
        if (count < NormalBlock)
        {
            for (int i = 0; i < count; i += 2)
            {
                double angle = 2 * Math.PI * NextDouble(), radius = Math.Sqrt(-2 * double.LogP1(-NextDouble()));
                values[i] = (float)(radius * Math.Cos(angle));
                if (i + 1 < count) values[i + 1] = (float)(radius * Math.Sin(angle));
            }
            return values;
        }

        for (int i = 0; i < count; i++) values[i] = NextSingle();
        for (int i = 0; i + NormalBlock <= count; i += NormalBlock) Shape(values.AsSpan(i, NormalBlock));
        if (count % NormalBlock == 0) return values;

        // The rest is not a block: the last sixteen are drawn anew.
        Span<float> last = values.AsSpan(count - NormalBlock);
        for (int i = 0; i < NormalBlock; i++) last[i] = NextSingle();
        Shape(last);
        return values;
    }

    /// <summary>
    /// <c>torch.randperm(count)</c>: from the front, position i changes places with i + random32 mod (count − i).
    /// </summary>
    public int[] Permutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) order[i] = i;
        for (int i = 0; i < count - 1; i++)
        {
            int j = i + (int)(_bits.NextUInt32() % (uint)(count - i));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    private static void Shape(Span<float> block)
    {
        const int Half = NormalBlock / 2;
        for (int j = 0; j < Half; j++)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(1 - block[j])), angle = 2 * MathF.PI * block[j + Half];
            (block[j], block[j + Half]) = (radius * MathF.Cos(angle), radius * MathF.Sin(angle));
        }
    }

    private double NextDouble() => (Next64() & ((1UL << 53) - 1)) / (double)(1UL << 53);

    private ulong Next64() => ((ulong)_bits.NextUInt32() << 32) | _bits.NextUInt32();
}
