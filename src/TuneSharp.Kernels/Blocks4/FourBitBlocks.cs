using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TuneSharp.Kernels;

/// <summary>
/// Numbers as four-bit codes, two in a byte with the first in the high bits, and for each block of them the largest magnitude.
/// Blocks run over the flat tensor across its rows, the last may be shorter.
/// <code>
/// code = table(x / absmax)      x' = table[code] · absmax, in float32
/// </code>
/// Every bit is bitsandbytes': a full block multiplies by the rounded 1 / absmax, a shorter one divides; a number halfway
/// between two codes takes the lower. Source: QLoRA (Dettmers et al., 2023) and bitsandbytes' generic code.
/// </summary>
public static class FourBitBlocks
{
    /// <summary>Smaller scales are used as this.</summary>
    private const float SmallestScale = 1e-38f;

    private const int PieceSize = 512;

    /// <summary>Bytes of so many numbers; of an odd count the last four bits hold the code of 0.</summary>
    public static long NumBytes(long elements) => (elements + 1) / 2;

    /// <param name="table">What the codes stand for.</param>
    /// <param name="x">Finite numbers.</param>
    /// <param name="blockSize">Numbers that share a scale, at least 1.</param>
    /// <param name="packed"><see cref="NumBytes"/> bytes; all are overwritten.</param>
    /// <param name="absmax">One for each block.</param>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    public static void Quantise(FourBitTable table, ReadOnlySpan<float> x, int blockSize, Span<byte> packed, Span<float> absmax)
    {
        Span<byte> codes = stackalloc byte[PieceSize];
        packed.Clear();
        for (int at = 0, block = 0; at < x.Length; at += blockSize, block++)
        {
            ReadOnlySpan<float> mine = x.Slice(at, Math.Min(blockSize, x.Length - at));
            bool full = mine.Length == blockSize;
            float largest = Magnitudes.Largest(mine), scale = Math.Max(largest, SmallestScale);
            absmax[block] = full ? largest : scale;
            for (int from = 0; from < mine.Length; from += PieceSize)
            {
                ReadOnlySpan<float> piece = mine.Slice(from, Math.Min(PieceSize, mine.Length - from));
                Codes(table, piece, full ? 1 / scale : scale, divide: !full, codes);
                Pack(codes[..piece.Length], at + from, packed);
            }
        }
        if (x.Length % 2 != 0) packed[x.Length / 2] |= Reference.Code(table, 0);
    }

    /// <summary>Writes numbers <paramref name="from"/> … of the flat tensor.</summary>
    /// <param name="table">What the codes stand for.</param>
    /// <param name="packed">Of the whole tensor.</param>
    /// <param name="absmax">One for each block, beginning with the block of the first number that is wanted.</param>
    /// <param name="blockSize">Numbers that share a scale.</param>
    /// <param name="from">The first number that is wanted.</param>
    /// <param name="x">Every element is overwritten.</param>
    public static void Dequantise(FourBitTable table, ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, int blockSize, long from, Span<float> x)
    {
        int left = blockSize - (int)(from % blockSize);
        for (int block = 0; !x.IsEmpty; block++)
        {
            int count = Math.Min(x.Length, left);
            Scale(table, packed, absmax[block], from, x[..count]);
            x = x[count..];
            from += count;
            left = blockSize;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Codes(FourBitTable table, ReadOnlySpan<float> x, float scale, bool divide, Span<byte> codes)
    {
        ReadOnlySpan<float> midpoints = table.Midpoints;
        ReadOnlySpan<byte> order = table.Order;
        int i = 0;
        for (; i + 8 <= x.Length; i += 8)
        {
            Vector256<float> v = Vector256.Create(x.Slice(i, 8)), by = Vector256.Create(scale);
            Vector256<float> s = Vector256.Min(Vector256.Max(divide ? v / by : v * by, Vector256.Create(-1f)), Vector256.Create(1f));
            Vector256<int> place = Vector256<int>.Zero;
            foreach (float midpoint in midpoints) place -= Vector256.LessThan(Vector256.Create(midpoint), s).AsInt32();
            for (int k = 0; k < 8; k++) codes[i + k] = order[place[k]];
        }
        for (; i < x.Length; i++) codes[i] = Reference.Code(table, Math.Clamp(divide ? x[i] / scale : x[i] * scale, -1, 1));
    }

    private static void Pack(ReadOnlySpan<byte> codes, int at, Span<byte> packed)
    {
        int i = 0;
        if (at % 2 != 0) packed[at / 2] |= codes[i++];
        for (; i + 1 < codes.Length; i += 2) packed[(at + i) / 2] = (byte)((codes[i] << 4) | codes[i + 1]);
        if (i < codes.Length) packed[(at + i) / 2] = (byte)(codes[i] << 4);
    }

    /// <summary>Numbers of one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(FourBitTable table, ReadOnlySpan<byte> packed, float scale, long from, Span<float> x)
    {
        int i = 0;
        if (from % 2 != 0) x[i++] = table.Values[packed[checked((int)(from / 2))] & 15] * scale;
        if (i == x.Length) return;
        ref byte bytes = ref Unsafe.AsRef(in packed[checked((int)((from + i) / 2))]);
        int start = i;
        if (Avx2.IsSupported) i = ScaleBySixteen(table, ref bytes, scale, x, i);
        ReadOnlySpan<FourBitTable.Pair> pairs = table.Pairs;
        for (; i + 1 < x.Length; i += 2)
        {
            FourBitTable.Pair pair = pairs[Unsafe.Add(ref bytes, (i - start) / 2)];
            x[i] = pair[0] * scale;
            x[i + 1] = pair[1] * scale;
        }
        if (i < x.Length) x[i] = table.Values[Unsafe.Add(ref bytes, (i - start) / 2) >> 4] * scale;
    }

    /// <summary>The table lies in two registers: a permutation of each, and the third bit of the code chooses. Compiled at once: a model is unpacked before the run time notices what is hot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ScaleBySixteen(FourBitTable table, ref byte bytes, float scale, Span<float> x, int i)
    {
        Vector256<float> low = Vector256.Create(table.Values[..8]) * scale, high = Vector256.Create(table.Values[8..]) * scale;
        ref float to = ref MemoryMarshal.GetReference(x);
        for (nuint at = 0; i + 16 <= x.Length; i += 16, at += 8)
        {
            Vector128<byte> eight = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at))).AsByte();
            Vector128<byte> first = (eight.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)15), second = eight & Vector128.Create((byte)15);
            Vector128<sbyte> codes = Sse2.UnpackLow(first, second).AsSByte();
            Choose(low, high, Avx2.ConvertToVector256Int32(codes)).StoreUnsafe(ref to, (nuint)i);
            Choose(low, high, Avx2.ConvertToVector256Int32(Sse2.ShiftRightLogical128BitLane(codes, 8))).StoreUnsafe(ref to, (nuint)i + 8);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Choose(Vector256<float> low, Vector256<float> high, Vector256<int> codes) =>
        Avx.BlendVariable(Avx2.PermuteVar8x32(low, codes), Avx2.PermuteVar8x32(high, codes), (codes << 28).AsSingle());

    /// <summary>The rules as they are written down.</summary>
    internal static class Reference
    {
        public static byte Code(FourBitTable table, float s)
        {
            int place = 0;
            while (place < 15 && table.Midpoints[place] < s) place++;
            return table.Order[place];
        }

        public static void Quantise(FourBitTable table, ReadOnlySpan<float> x, int blockSize, Span<byte> packed, Span<float> absmax)
        {
            packed.Clear();
            absmax.Clear();
            int full = x.Length / blockSize * blockSize;
            for (int i = 0; i < x.Length; i++) absmax[i / blockSize] = Math.Max(absmax[i / blockSize], Math.Abs(x[i]));
            if (full < x.Length) absmax[^1] = Math.Max(absmax[^1], SmallestScale);
            for (int i = 0; i < x.Length + (x.Length % 2); i++)
            {
                float scale = i < x.Length ? Math.Max(absmax[i / blockSize], SmallestScale) : 1, number = i < x.Length ? x[i] : 0;
                byte code = Code(table, Math.Clamp(i < full ? number * (1 / scale) : number / scale, -1, 1));
                packed[i / 2] |= (byte)(i % 2 == 0 ? code << 4 : code);
            }
        }

        public static void Dequantise(FourBitTable table, ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, int blockSize, long from, Span<float> x)
        {
            for (int i = 0; i < x.Length; i++)
            {
                long at = from + i;
                byte both = packed[(int)(at / 2)];
                x[i] = table.Values[at % 2 == 0 ? both >> 4 : both & 15] * absmax[(int)(at / blockSize)];
            }
        }
    }
}
