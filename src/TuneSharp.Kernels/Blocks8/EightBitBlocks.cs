using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TuneSharp.Kernels;

/// <summary>
/// Numbers as eight-bit codes of a map, and for each block of them the largest magnitude. Blocks run over the flat tensor, the
/// last may be shorter.
/// <code>
/// code = map(x / absmax)      x' = map[code] · absmax
/// </code>
/// </summary>
public static class EightBitBlocks
{
    /// <summary>Smaller scales are used as this where codes are the nearest.</summary>
    private const float SmallestScale = 1e-38f;

    /// <summary>Scales of so many numbers; the last block may be shorter.</summary>
    public static int NumBlocks(long elements, int blockSize) => checked((int)((elements + blockSize - 1) / blockSize));

    /// <param name="map">What the codes stand for.</param>
    /// <param name="x">Finite numbers.</param>
    /// <param name="blockSize">Numbers that share a scale, at least 1.</param>
    /// <param name="codes">One for each number.</param>
    /// <param name="absmax">One for each block.</param>
    /// <param name="rule">Which code a number gets.</param>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    public static void Quantise(EightBitMap map, ReadOnlySpan<float> x, int blockSize, Span<byte> codes, Span<float> absmax, CodeRule rule = CodeRule.Nearest)
    {
        for (int at = 0, block = 0; at < x.Length; at += blockSize, block++)
        {
            ReadOnlySpan<float> mine = x.Slice(at, Math.Min(blockSize, x.Length - at));
            float largest = Magnitudes.Largest(mine);
            absmax[block] = largest;
            Span<byte> to = codes.Slice(at, mine.Length);
            if (rule == CodeRule.Nearest) Nearest(map, mine, 1 / Math.Max(largest, SmallestScale), to);
            else if (largest == 0) to.Clear();
            else LookUp(map, mine, 1 / largest, to);
        }
    }

    /// <param name="map">What the codes stand for.</param>
    /// <param name="codes">One for each number.</param>
    /// <param name="absmax">One for each block.</param>
    /// <param name="blockSize">Numbers that share a scale.</param>
    /// <param name="x">Every element is overwritten.</param>
    public static void Dequantise(EightBitMap map, ReadOnlySpan<byte> codes, ReadOnlySpan<float> absmax, int blockSize, Span<float> x)
    {
        ref float table = ref MemoryMarshal.GetReference(map.Values);
        for (int at = 0, block = 0; at < x.Length; at += blockSize, block++)
        {
            float scale = absmax[block];
            ReadOnlySpan<byte> mine = codes.Slice(at, Math.Min(blockSize, x.Length - at));
            Span<float> to = x.Slice(at, mine.Length);
            for (int i = 0; i < mine.Length; i++) to[i] = Unsafe.Add(ref table, mine[i]) * scale;
        }
    }

    /// <summary>How many midpoints lie below x · scale: a search in eight halvings, for eight numbers at once.</summary>
    private static unsafe void Nearest(EightBitMap map, ReadOnlySpan<float> x, float scale, Span<byte> codes)
    {
        int i = 0;
        if (Avx2.IsSupported)
        {
            fixed (float* midpoints = map.Midpoints)
            {
                for (; i + 8 <= x.Length; i += 8)
                {
                    Vector256<float> s = Vector256.Min(Vector256.Max(Vector256.Create(x.Slice(i, 8)) * scale, Vector256.Create(-1f)), Vector256.Create(1f));
                    Vector256<int> code = Vector256<int>.Zero;
                    for (int step = 128; step > 0; step >>= 1)
                    {
                        Vector256<float> middle = Avx2.GatherVector256(midpoints + step - 1, code, sizeof(float));
                        code += Vector256.LessThan(middle, s).AsInt32() & Vector256.Create(step);
                    }
                    for (int k = 0; k < 8; k++) codes[i + k] = (byte)code[k];
                }
            }
        }
        for (; i < x.Length; i++) codes[i] = Reference.Nearest(map, x[i] * scale);
    }

    private static void LookUp(EightBitMap map, ReadOnlySpan<float> x, float scale, Span<byte> codes)
    {
        byte[] table = map.LookUp;
        for (int i = 0; i < x.Length; i++) codes[i] = table[(int)(((Math.Clamp(x[i] * scale, -1, 1) + 1) * 0.5f * 65535) + 0.5f)];
    }

    /// <summary>The rules as they are written down.</summary>
    internal static class Reference
    {
        public static byte Nearest(EightBitMap map, float s)
        {
            int code = 0;
            while (code < map.Midpoints.Length && map.Midpoints[code] < s) code++;
            return (byte)code;
        }

        public static void Quantise(EightBitMap map, ReadOnlySpan<float> x, int blockSize, Span<byte> codes, Span<float> absmax)
        {
            absmax.Clear();
            for (int i = 0; i < x.Length; i++) absmax[i / blockSize] = Math.Max(absmax[i / blockSize], Math.Abs(x[i]));
            for (int i = 0; i < x.Length; i++) codes[i] = Nearest(map, Math.Clamp(x[i] * (1 / Math.Max(absmax[i / blockSize], SmallestScale)), -1, 1));
        }
    }
}
