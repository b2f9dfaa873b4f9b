using TuneSharp.Formats.Gguf;

namespace TuneSharp.Formats.Tests.Gguf;

/// <summary>One number of a block at a time, as the format describes it: the reference of the vectorised decoders. Never optimised.</summary>
internal static class PlainBlocks
{
    public static IReadOnlyDictionary<GgmlType, Func<byte[], int, float>> All { get; } = new Dictionary<GgmlType, Func<byte[], int, float>>
    {
        [GgmlType.Q4_0] = (b, i) => (Nibble(b, 2, i) - 8) * Half(b, 0),
        [GgmlType.Q4_1] = (b, i) => Sum(Nibble(b, 4, i) * Half(b, 0), Half(b, 2)),
        [GgmlType.Q5_0] = (b, i) => (Nibble(b, 6, i) + (16 * Bit(b, 2, i)) - 16) * Half(b, 0),
        [GgmlType.Q5_1] = (b, i) => Sum((Nibble(b, 8, i) + (16 * Bit(b, 4, i))) * Half(b, 0), Half(b, 2)),
        [GgmlType.Q8_0] = (b, i) => (sbyte)b[2 + i] * Half(b, 0),
        [GgmlType.Q4_K] = (b, i) => Sum(Product(Half(b, 0), Scale(b, i / 32)) * KNibble(b, 16, i), -Product(Half(b, 2), Minimum(b, i / 32))),
        [GgmlType.Q5_K] = (b, i) => Sum(Product(Half(b, 0), Scale(b, i / 32)) * (KNibble(b, 48, i) + (16 * ((b[16 + (i % 32)] >> (i / 32)) & 1))), -Product(Half(b, 2), Minimum(b, i / 32))),
        [GgmlType.Q6_K] = (b, i) => Product(Half(b, 208), (sbyte)b[192 + (i / 16)]) * (SixLow(b, i) + (16 * SixHigh(b, i)) - 32),
    };

    private static float Half(byte[] block, int at) => (float)BitConverter.ToHalf(block, at);

    // Kept apart so that neither compiler nor processor can join product and sum.
    private static float Product(float a, float b) => a * b;

    private static float Sum(float a, float b) => a + b;

    private static int Nibble(byte[] block, int at, int i) => i < 16 ? block[at + i] & 15 : block[at + i - 16] >> 4;

    private static int Bit(byte[] block, int at, int i) => (block[at + (i / 8)] >> (i % 8)) & 1;

    private static int KNibble(byte[] block, int at, int i)
    {
        int packed = block[at + (i / 64 * 32) + (i % 32)];
        return i % 64 < 32 ? packed & 15 : packed >> 4;
    }

    private static int Scale(byte[] block, int group) => group < 4 ? block[4 + group] & 63 : (block[8 + group] & 15) | (block[group] >> 6 << 4);

    private static int Minimum(byte[] block, int group) => group < 4 ? block[8 + group] & 63 : (block[8 + group] >> 4) | (block[4 + group] >> 6 << 4);

    private static int SixLow(byte[] block, int i)
    {
        int packed = block[(i / 128 * 64) + (i % 64)];
        return i % 128 < 64 ? packed & 15 : packed >> 4;
    }

    private static int SixHigh(byte[] block, int i) => (block[128 + (i / 128 * 32) + (i % 32)] >> (i % 128 / 32 * 2)) & 3;
}
