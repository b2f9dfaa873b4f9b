namespace TuneSharp.Data.Corpus;

/// <summary>
/// PCG-XSH-RR 64/32 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
/// Number Generation", HMC-CS-2014-0905): the same numbers on every machine and in every version of .NET, which
/// <see cref="Random"/> does not promise.
/// </summary>
public sealed class Pcg32
{
    private const ulong Multiplier = 6364136223846793005UL;

    private readonly ulong _increment;
    private ulong _state;

    /// <param name="seed">Where the sequence starts.</param>
    /// <param name="stream">Which of the 2^63 sequences: document i of a corpus draws from stream i.</param>
    public Pcg32(ulong seed, ulong stream)
    {
        _increment = unchecked((stream << 1) | 1UL);
        NextUInt32();
        _state = unchecked(_state + seed);
        NextUInt32();
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        ulong old = _state;
        _state = unchecked((old * Multiplier) + _increment);
        uint shifted = unchecked((uint)(((old >> 18) ^ old) >> 27));
        return uint.RotateRight(shifted, (int)(old >> 59));
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>), every one equally likely; bound ≥ 1.</summary>
    public int Below(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        uint limit = (uint)bound;
        uint threshold = unchecked((uint)-(int)limit) % limit;
        while (true)
        {
            uint bits = NextUInt32();
            if (bits >= threshold)
                return (int)(bits % limit);
        }
    }

    /// <summary>Puts <paramref name="items"/> into a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
