namespace TuneSharp.Peft.Randomness;

/// <summary>
/// Random numbers as a function of a key and a position (SplitMix64, Steele et al. 2014): no state to store, the same on every
/// machine and for every number of threads, and made again at will, as dropout masks in backward or after a resume.
/// </summary>
public static class CounterRandom
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Mixes a seed and what the numbers are for into one key.</summary>
    public static ulong Key(long seed, params ReadOnlySpan<ulong> parts)
    {
        ulong key = Mix((ulong)seed + Gamma);
        foreach (ulong part in parts) key = Mix(key ^ Mix(part + Gamma));
        return key;
    }

    /// <summary>FNV-1a over UTF-16: a name as a part of a key.</summary>
    public static ulong Hash(string name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in name) hash = (hash ^ c) * 0x100000001B3;
        return hash;
    }

    /// <summary>Uniform numbers in [-bound, bound).</summary>
    public static void FillUniform(Span<float> values, ulong key, double bound)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((Unit(key, i) * 2 - 1) * bound);
    }

    /// <summary>Normal numbers with mean 0 (Box and Muller 1958).</summary>
    public static void FillNormal(Span<float> values, ulong key, double deviation)
    {
        for (int i = 0; i < values.Length; i += 2)
        {
            // 1 - u is in (0, 1]: its logarithm is finite.
            double radius = deviation * Math.Sqrt(-2 * Math.Log(1 - Unit(key, i))), angle = 2 * Math.PI * Unit(key, i + 1);
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < values.Length) values[i + 1] = (float)(radius * Math.Sin(angle));
        }
    }

    /// <summary>Inverted dropout: 0 with probability <paramref name="dropout"/>, otherwise 1 / (1 - dropout).</summary>
    public static void FillDropout(Span<float> mask, ulong key, double dropout)
    {
        float kept = (float)(1 / (1 - dropout));
        var threshold = (uint)Math.Min(uint.MaxValue, dropout * 4294967296.0);
        // One 64-bit number decides two elements.
        int pairs = mask.Length / 2;
        for (int i = 0; i < pairs; i++)
        {
            ulong bits = Mix(key + (ulong)i * Gamma);
            mask[2 * i] = (uint)bits < threshold ? 0 : kept;
            mask[2 * i + 1] = (uint)(bits >> 32) < threshold ? 0 : kept;
        }

        if ((mask.Length & 1) == 1) mask[^1] = (uint)Mix(key + (ulong)pairs * Gamma) < threshold ? 0 : kept;
    }

    /// <summary>Number i of a key, in [0, 1).</summary>
    private static double Unit(ulong key, int i) => (Mix(key + (ulong)i * Gamma) >> 11) * (1.0 / (1ul << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
