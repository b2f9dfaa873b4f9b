using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>
/// Blocks of 32 numbers with a scale d, or a scale and a minimum m: q·d or q·d + m. Four bits of numbers 0 to 15 lie in the
/// low halves of 16 bytes, of numbers 16 to 31 in the high halves.
/// </summary>
internal static class ClassicBlocks
{
    private const int Elements = 32;

    /// <summary>d, 16 bytes; (q − 8)·d.</summary>
    public static void DecodeQ4_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 18, to += Elements)
        {
            Vector128<float> d = Vector128.Create(PlainNumbers.Half(blocks[at..]));
            Vector128<byte> packed = Vector128.Create(blocks.Slice(at + 2, 16));
            Scale((packed & Vector128.Create((byte)15)).AsSByte() - Vector128.Create((sbyte)8), d, ref values[to]);
            Scale((packed >>> 4).AsSByte() - Vector128.Create((sbyte)8), d, ref values[to + 16]);
        }
    }

    /// <summary>d, m, 16 bytes; q·d + m.</summary>
    public static void DecodeQ4_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 20, to += Elements)
        {
            Vector128<float> d = Vector128.Create(PlainNumbers.Half(blocks[at..])), m = Vector128.Create(PlainNumbers.Half(blocks[(at + 2)..]));
            Vector128<byte> packed = Vector128.Create(blocks.Slice(at + 4, 16));
            Scale((packed & Vector128.Create((byte)15)).AsSByte(), d, m, ref values[to]);
            Scale((packed >>> 4).AsSByte(), d, m, ref values[to + 16]);
        }
    }

    /// <summary>d, the fifth bits of all numbers, 16 bytes; (q − 16)·d.</summary>
    public static void DecodeQ5_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 22, to += Elements)
        {
            Vector128<float> d = Vector128.Create(PlainNumbers.Half(blocks[at..]));
            (Vector128<byte> low, Vector128<byte> high) = FiveBits(blocks.Slice(at + 2, 20));
            Scale(low.AsSByte() - Vector128.Create((sbyte)16), d, ref values[to]);
            Scale(high.AsSByte() - Vector128.Create((sbyte)16), d, ref values[to + 16]);
        }
    }

    /// <summary>d, m, the fifth bits, 16 bytes; q·d + m.</summary>
    public static void DecodeQ5_1(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 24, to += Elements)
        {
            Vector128<float> d = Vector128.Create(PlainNumbers.Half(blocks[at..])), m = Vector128.Create(PlainNumbers.Half(blocks[(at + 2)..]));
            (Vector128<byte> low, Vector128<byte> high) = FiveBits(blocks.Slice(at + 4, 20));
            Scale(low.AsSByte(), d, m, ref values[to]);
            Scale(high.AsSByte(), d, m, ref values[to + 16]);
        }
    }

    /// <summary>d, 32 signed bytes; q·d.</summary>
    public static void DecodeQ8_0(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int at = 0, to = 0; at < blocks.Length; at += 34, to += Elements)
        {
            Vector128<float> d = Vector128.Create(PlainNumbers.Half(blocks[at..]));
            Scale(Vector128.Create(blocks.Slice(at + 2, 16)).AsSByte(), d, ref values[to]);
            Scale(Vector128.Create(blocks.Slice(at + 18, 16)).AsSByte(), d, ref values[to + 16]);
        }
    }

    /// <summary>Writes 16 numbers q·d.</summary>
    internal static void Scale(Vector128<sbyte> q, Vector128<float> d, ref float values)
    {
        (Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> e) = Widen(q);
        (a * d).StoreUnsafe(ref values);
        (b * d).StoreUnsafe(ref values, 4);
        (c * d).StoreUnsafe(ref values, 8);
        (e * d).StoreUnsafe(ref values, 12);
    }

    /// <summary>Writes 16 numbers q·d + m; product and sum are rounded each.</summary>
    internal static void Scale(Vector128<sbyte> q, Vector128<float> d, Vector128<float> m, ref float values)
    {
        (Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> e) = Widen(q);
        ((a * d) + m).StoreUnsafe(ref values);
        ((b * d) + m).StoreUnsafe(ref values, 4);
        ((c * d) + m).StoreUnsafe(ref values, 8);
        ((e * d) + m).StoreUnsafe(ref values, 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>) Widen(Vector128<sbyte> q)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(q);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
        return (Vector128.ConvertToSingle(a), Vector128.ConvertToSingle(b), Vector128.ConvertToSingle(c), Vector128.ConvertToSingle(d));
    }

    /// <param name="packed">Four bytes with one bit a number, 16 bytes with four.</param>
    private static (Vector128<byte> Low, Vector128<byte> High) FiveBits(ReadOnlySpan<byte> packed)
    {
        uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(packed);
        Vector128<byte> four = Vector128.Create(packed.Slice(4, 16));
        return ((four & Vector128.Create((byte)15)) | Spread((ushort)fifth), (four >>> 4) | Spread((ushort)(fifth >> 16)));
    }

    /// <summary>Bit i of <paramref name="bits"/> as 0 or 16 in byte i.</summary>
    private static Vector128<byte> Spread(ushort bits)
    {
        Vector128<byte> each = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, (byte)128);
        Vector128<byte> both = Vector128.Create(Vector64.Create((byte)bits), Vector64.Create((byte)(bits >> 8)));
        return Vector128.Equals(both & each, each) & Vector128.Create((byte)16);
    }
}
