using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>
/// "K" blocks of 256 numbers: one or two float16 scales for the block, small integer scales (and minima) for groups of 16 or
/// 32 numbers. Source: ggml-quants.c of llama.cpp.
/// </summary>
internal static class KBlocks
{
    private const int Elements = 256;

    /// <summary>16 scales and minima of four bits, 64 bytes of two-bit numbers, d, dmin.</summary>
    public static void DecodeQ2_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 84, to += Elements)
        {
            ReadOnlySpan<byte> scales = blocks.Slice(at, 16), packed = blocks.Slice(at + 16, 64);
            float d = PlainNumbers.Half(blocks[(at + 80)..]), dmin = PlainNumbers.Half(blocks[(at + 82)..]);
            for (int group = 0; group < 16; group++)
            {
                float scale = d * (scales[group] & 15), minimum = dmin * (scales[group] >> 4);
                (int from, int shift) = TwoBitPlace(group);
                for (int i = 0; i < 16; i++) values[to + (16 * group) + i] = (scale * ((packed[from + i] >> shift) & 3)) - minimum;
            }
        }
    }

    /// <summary>32 bytes with the third bits, 64 bytes with the two lower ones, 16 scales of six bits, d.</summary>
    public static void DecodeQ3_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        Span<int> scales = stackalloc int[16];
        for (int at = 0, to = 0; at < blocks.Length; at += 110, to += Elements)
        {
            ReadOnlySpan<byte> high = blocks.Slice(at, 32), packed = blocks.Slice(at + 32, 64), six = blocks.Slice(at + 96, 12);
            float d = PlainNumbers.Half(blocks[(at + 108)..]);
            for (int i = 0; i < 16; i++) scales[i] = (i < 8 ? six[i] & 15 : six[i - 8] >> 4) | (((six[8 + (i % 4)] >> (2 * (i / 4))) & 3) << 4);
            for (int group = 0; group < 16; group++)
            {
                float scale = d * (scales[group] - 32);
                (int from, int shift) = TwoBitPlace(group);
                int mask = 1 << (group / 2), half = group % 2 * 16;
                for (int i = 0; i < 16; i++)
                    values[to + (16 * group) + i] = scale * (((packed[from + i] >> shift) & 3) - ((high[half + i] & mask) != 0 ? 0 : 4));
            }
        }
    }

    /// <summary>d, dmin, 8 scales and minima of six bits, 128 bytes of four-bit numbers.</summary>
    public static void DecodeQ4_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 144, to += Elements)
        {
            float d = PlainNumbers.Half(blocks[at..]), dmin = PlainNumbers.Half(blocks[(at + 2)..]);
            ReadOnlySpan<byte> scales = blocks.Slice(at + 4, 12), packed = blocks.Slice(at + 16, 128);
            for (int group = 0; group < 8; group++)
            {
                (int scale, int minimum) = SixBits(scales, group);
                Vector128<float> s = Vector128.Create(d * scale), m = Vector128.Create(-(dmin * minimum));
                for (int half = 0; half < 32; half += 16)
                {
                    Vector128<byte> bytes = Vector128.Create(packed.Slice((group / 2 * 32) + half, 16));
                    Vector128<byte> q = group % 2 == 0 ? bytes & Vector128.Create((byte)15) : bytes >>> 4;
                    ClassicBlocks.Scale(q.AsSByte(), s, m, ref values[to + (32 * group) + half]);
                }
            }
        }
    }

    /// <summary>As Q4_K with 32 bytes of fifth bits before the four-bit numbers.</summary>
    public static void DecodeQ5_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 176, to += Elements)
        {
            float d = PlainNumbers.Half(blocks[at..]), dmin = PlainNumbers.Half(blocks[(at + 2)..]);
            ReadOnlySpan<byte> scales = blocks.Slice(at + 4, 12), high = blocks.Slice(at + 16, 32), packed = blocks.Slice(at + 48, 128);
            for (int group = 0; group < 8; group++)
            {
                (int scale, int minimum) = SixBits(scales, group);
                Vector128<float> s = Vector128.Create(d * scale), m = Vector128.Create(-(dmin * minimum));
                Vector128<byte> bit = Vector128.Create((byte)(1 << group));
                for (int half = 0; half < 32; half += 16)
                {
                    Vector128<byte> bytes = Vector128.Create(packed.Slice((group / 2 * 32) + half, 16));
                    Vector128<byte> fifth = Vector128.Equals(Vector128.Create(high.Slice(half, 16)) & bit, bit) & Vector128.Create((byte)16);
                    Vector128<byte> q = (group % 2 == 0 ? bytes & Vector128.Create((byte)15) : bytes >>> 4) | fifth;
                    ClassicBlocks.Scale(q.AsSByte(), s, m, ref values[to + (32 * group) + half]);
                }
            }
        }
    }

    /// <summary>128 bytes with four lower bits, 64 bytes with two upper ones, 16 signed scales, d.</summary>
    public static void DecodeQ6_K(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 210, to += Elements)
        {
            ReadOnlySpan<byte> low = blocks.Slice(at, 128), high = blocks.Slice(at + 128, 64), scales = blocks.Slice(at + 192, 16);
            float d = PlainNumbers.Half(blocks[(at + 208)..]);
            for (int group = 0; group < 16; group++)
            {
                // 128 numbers share 64 low and 32 high bytes: four runs of 32 numbers, two groups each.
                int side = group / 8, run = group % 8 / 2, half = group % 2 * 16;
                Vector128<byte> four = Vector128.Create(low.Slice((64 * side) + (run % 2 * 32) + half, 16));
                four = run < 2 ? four & Vector128.Create((byte)15) : four >>> 4;
                Vector128<byte> two = (Vector128.Create(high.Slice((32 * side) + half, 16)) >>> (2 * run)) & Vector128.Create((byte)3);
                Vector128<sbyte> q = (four | (two << 4)).AsSByte() - Vector128.Create((sbyte)32);
                ClassicBlocks.Scale(q, Vector128.Create(d * (sbyte)scales[group]), ref values[to + (16 * group)]);
            }
        }
    }

    /// <summary>Where the two-bit numbers of a group of 16 lie: first byte and shift.</summary>
    private static (int From, int Shift) TwoBitPlace(int group) => ((group / 8 * 32) + (group % 2 * 16), group % 8 / 2 * 2);

    /// <summary>Scale and minimum of a group of 32: eight of each in 12 bytes.</summary>
    private static (int Scale, int Minimum) SixBits(ReadOnlySpan<byte> packed, int group) => group < 4
        ? (packed[group] & 63, packed[group + 4] & 63)
        : ((packed[group + 4] & 15) | (packed[group - 4] >> 6 << 4), (packed[group + 4] >> 4) | (packed[group] >> 6 << 4));
}
