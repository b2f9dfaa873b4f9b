using System.Buffers.Binary;
using System.Text;

namespace TuneSharp.Fuzz;

/// <summary>Damages sound files: bits, bytes, numbers, lengths, words of the format, parts left out, doubled, or of another file.</summary>
internal static class Mutator
{
    private const int MostBytes = 64 << 10;

    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1023, 4096, 65535, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1UL << 32, 1UL << 40, 1UL << 53, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private static readonly string[] TextNumbers = ["0", "-1", "1", "255", "65536", "2147483647", "2147483648", "4294967296", "9223372036854775807", "1e308", "1e999", "-0.0", "0.1e-400", "00", "1.", "NaN"];

    public static byte[] Damage(IFuzzedReader reader, long seed, int number)
    {
        var random = new FuzzRandom((ulong)seed * 0x9E3779B97F4A7C15 + (ulong)number);
        byte[] input = Pick(reader.Seeds, random);
        // One in fifty as it is: what is sound must stay accepted.
        for (int changes = random.Next(50) == 0 ? 0 : 1 + random.Next(random.Next(4) == 0 ? 12 : 3); changes > 0; changes--) input = Change(reader, input, random);
        return input.Length <= MostBytes ? input : input[..MostBytes];
    }

    private static byte[] Change(IFuzzedReader reader, byte[] input, FuzzRandom random)
    {
        int at = random.Next(input.Length + 1), end = at + random.Next(Math.Min(input.Length - at, 1 + random.Next(200)) + 1);
        switch (random.Next(13))
        {
            case 0: return Replace(input, at, at < input.Length ? at + 1 : at, at < input.Length ? [(byte)(input[at] ^ (1 << random.Next(8)))] : []);
            case 1: return Replace(input, at, Math.Min(at + 1, input.Length), [(byte)random.Next(256)]);
            case 2: return Replace(input, at, end, []);
            case 3: return Replace(input, at, at, input.AsSpan(at, end - at));
            case 4: return input[..at];
            case 5: return Replace(input, at, end, Repeat(input[at..end], 1 + random.Next(20)));
            case 6: return WriteNumber(input, at, random);
            case 7: return Replace(input, at, at, Encoding.UTF8.GetBytes(Pick(reader.Words, random)));
            case 8: return Replace(input, at, end, Encoding.UTF8.GetBytes(Pick(reader.Words, random)));
            case 9: return ReplaceDigits(input, at, random);
            case 10:
                byte[] other = Pick(reader.Seeds, random);
                int from = random.Next(other.Length + 1);
                return Replace(input, at, end, other.AsSpan(from, random.Next(other.Length - from + 1)));
            case 11: return Replace(input, at, at, Repeat(Encoding.UTF8.GetBytes(Pick(reader.Words, random)), 1 + random.Next(400)));
            default: return Replace(input, at, at, [.. Enumerable.Range(0, 1 + random.Next(16)).Select(_ => (byte)random.Next(256))]);
        }
    }

    private static byte[] WriteNumber(byte[] input, int at, FuzzRandom random)
    {
        ulong value = random.Next(4) == 0 ? (ulong)random.Next(input.Length + 2) : Pick(Numbers, random);
        byte[] copy = [.. input];
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        int width = 1 << random.Next(4);
        if (width == 1) return copy;
        at = Math.Min(at, Math.Max(0, copy.Length - width));
        bytes[..Math.Min(width, copy.Length - at)].CopyTo(copy.AsSpan(at));
        return copy;
    }

    private static byte[] ReplaceDigits(byte[] input, int at, FuzzRandom random)
    {
        int start = input.AsSpan(at).IndexOfAnyInRange((byte)'0', (byte)'9');
        if (start < 0) return input;
        start += at;
        int end = start;
        while (end < input.Length && input[end] is >= (byte)'0' and <= (byte)'9') end++;
        return Replace(input, start, end, Encoding.UTF8.GetBytes(Pick(TextNumbers, random)));
    }

    private static byte[] Replace(byte[] input, int start, int end, ReadOnlySpan<byte> by) => [.. input.AsSpan(0, start), .. by, .. input.AsSpan(end)];

    private static byte[] Repeat(byte[] part, int times)
    {
        if (part.Length == 0) return part;
        times = Math.Min(times, MostBytes / part.Length + 1);
        var all = new byte[part.Length * times];
        for (int i = 0; i < times; i++) part.CopyTo(all, i * part.Length);
        return all;
    }

    private static T Pick<T>(IReadOnlyList<T> list, FuzzRandom random) => list[random.Next(list.Count)];
}

/// <summary>SplitMix64: the same numbers in every version of the framework, so that an input can be made again from its number.</summary>
internal sealed class FuzzRandom
{
    private ulong _state;

    public FuzzRandom(ulong seed) => _state = seed;

    public int Next(int below)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (int)(z % (ulong)Math.Max(1, below));
    }
}
