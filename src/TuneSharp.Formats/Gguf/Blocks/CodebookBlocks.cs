using System.Buffers.Binary;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Blocks whose four-bit numbers stand for uneven values from a table of 16. Source: ggml-quants.c of llama.cpp.</summary>
internal static class CodebookBlocks
{
    private static ReadOnlySpan<sbyte> NonLinear => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>Twice the values of a four-bit float with two exponent bits and one mantissa bit.</summary>
    private static ReadOnlySpan<sbyte> DoubledE2M1 => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>32 numbers: d, 16 bytes.</summary>
    public static void DecodeIQ4_NL(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 18, to += 32)
            LookUp(blocks.Slice(at + 2, 16), NonLinear, PlainNumbers.Half(blocks[at..]), values.Slice(to, 32));
    }

    /// <summary>256 numbers: d, the upper two bits of 8 scales, their lower four, 128 bytes.</summary>
    public static void DecodeIQ4_XS(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 136)
        {
            float d = PlainNumbers.Half(blocks[at..]);
            int high = BinaryPrimitives.ReadUInt16LittleEndian(blocks[(at + 2)..]);
            for (int group = 0; group < 8; group++, to += 32)
            {
                int scale = ((blocks[at + 4 + (group / 2)] >> (4 * (group % 2))) & 15) | (((high >> (2 * group)) & 3) << 4);
                LookUp(blocks.Slice(at + 8 + (16 * group), 16), NonLinear, d * (scale - 32), values.Slice(to, 32));
            }
        }
    }

    /// <summary>32 numbers: an exponent, 16 bytes of E2M1 (OCP Microscaling formats 1.0).</summary>
    public static void DecodeMxfp4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 17, to += 32)
            LookUp(blocks.Slice(at + 1, 16), DoubledE2M1, HalfPowerOfTwo(blocks[at]), values.Slice(to, 32));
    }

    /// <summary>64 numbers: four unsigned E4M3 scales, four times eight bytes of E2M1.</summary>
    public static void DecodeNvfp4(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 36)
            for (int group = 0; group < 4; group++, to += 16)
                LookUp(blocks.Slice(at + 4 + (8 * group), 8), DoubledE2M1, HalfE4M3(blocks[at + group]), values.Slice(to, 16));
    }

    private static void LookUp(ReadOnlySpan<byte> packed, ReadOnlySpan<sbyte> table, float scale, Span<float> values)
    {
        for (int i = 0; i < packed.Length; i++)
        {
            values[i] = scale * table[packed[i] & 15];
            values[packed.Length + i] = scale * table[packed[i] >> 4];
        }
    }

    /// <summary>2^(exponent − 128): half the scale, as the table holds doubled values.</summary>
    private static float HalfPowerOfTwo(byte exponent) =>
        BitConverter.UInt32BitsToSingle(exponent < 2 ? 0x00200000u << exponent : (uint)(exponent - 1) << 23);

    private static float HalfE4M3(byte bits)
    {
        if (bits is 0 or 0x7F) return 0;
        int exponent = (bits >> 3) & 15, mantissa = bits & 7;
        return 0.5f * (exponent == 0 ? MathF.ScaleB(mantissa, -9) : MathF.ScaleB(1 + (mantissa / 8f), exponent - 7));
    }
}
