namespace TuneSharp.Data.Sampling;

/// <summary>
/// MT19937 (Matsumoto and Nishimura 1998), seeded as torch's CPU generator: with the low 32 bits of the seed. The same seed
/// gives the same 32-bit numbers as <c>torch.Generator().manual_seed(seed)</c>.
/// </summary>
public sealed class MersenneTwister
{
    private const int N = 624;
    private const int M = 397;

    private readonly uint[] _state = new uint[N];
    private int _next = N;

    public MersenneTwister(long seed)
    {
        _state[0] = unchecked((uint)seed);
        for (uint j = 1; j < N; j++) _state[j] = unchecked(1812433253u * (_state[j - 1] ^ (_state[j - 1] >> 30)) + j);
    }

    /// <summary>Seeded with several numbers, as the reference code's <c>init_by_array</c>; Python's <c>random</c> does so.</summary>
    public MersenneTwister(ReadOnlySpan<uint> key)
        : this(19650218)
    {
        int i = 1, j = 0;
        for (int k = Math.Max(N, key.Length); k > 0; k--)
        {
            _state[i] = unchecked((_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1664525u)) + key[j] + (uint)j);
            j = (j + 1) % key.Length;
            i = Next(i);
        }
        for (int k = N - 1; k > 0; k--)
        {
            _state[i] = unchecked((_state[i] ^ ((_state[i - 1] ^ (_state[i - 1] >> 30)) * 1566083941u)) - (uint)i);
            i = Next(i);
        }
        _state[0] = 0x80000000;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == N) Twist();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    // The last word is copied to the front when the walk wraps around.
    private int Next(int i)
    {
        if (++i < N) return i;
        _state[0] = _state[N - 1];
        return 1;
    }

    private void Twist()
    {
        for (int k = 0; k < N; k++)
        {
            uint y = (_state[k] & 0x80000000) | (_state[(k + 1) % N] & 0x7fffffff);
            _state[k] = _state[(k + M) % N] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908b0dfu);
        }
        _next = 0;
    }
}
