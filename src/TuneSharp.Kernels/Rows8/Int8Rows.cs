using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TuneSharp.Kernels;

/// <summary>
/// Matrices as signed bytes with a scale for each row, and their products. Source: LLM.int8() (Dettmers et al., 2022) as
/// bitsandbytes computes it.
/// <code>
/// q_rc = round(x_rc · 127 / absmax_r), halves to even      x'_rc = q_rc · (absmax_r / 127)
/// </code>
/// </summary>
public static class Int8Rows
{
    private const float Steps = 127, Step = 1f / 127;

    /// <summary>1 / 127² as bitsandbytes has it.</summary>
    private const float SquaredStep = 6.200124e-05f;

    /// <param name="x">[rows, columns], finite. Numbers that float16 cannot hold are to be rounded to it before.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="q">[rows, columns].</param>
    /// <param name="absmax">[rows].</param>
    /// <exception cref="NotFiniteNumberException">A number is NaN or infinite.</exception>
    public static void Quantise(ReadOnlySpan<float> x, int columns, Span<sbyte> q, Span<float> absmax)
    {
        for (int row = 0; row < absmax.Length; row++)
        {
            ReadOnlySpan<float> from = x.Slice(row * columns, columns);
            Span<sbyte> to = q.Slice(row * columns, columns);
            absmax[row] = Magnitudes.Largest(from);
            if (absmax[row] == 0)
            {
                to.Clear();
                continue;
            }
            float scale = 1 / absmax[row] * Steps; // two roundings, as in torch's 127 / x
            for (int c = 0; c < columns; c++) to[c] = (sbyte)MathF.Round(from[c] * scale, MidpointRounding.ToEven);
        }
    }

    /// <param name="q">[columns] of one row.</param>
    /// <param name="absmax">The row's.</param>
    /// <param name="x">[columns]; every element is overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DequantiseRow(ReadOnlySpan<sbyte> q, float absmax, Span<float> x)
    {
        float scale = absmax * Step;
        int c = 0;
        for (; c + 16 <= q.Length; c += 16)
        {
            (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Create(q.Slice(c, 16)));
            (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
            (Vector128<int> d, Vector128<int> e) = Vector128.Widen(high);
            (Vector128.ConvertToSingle(a) * scale).CopyTo(x[c..]);
            (Vector128.ConvertToSingle(b) * scale).CopyTo(x[(c + 4)..]);
            (Vector128.ConvertToSingle(d) * scale).CopyTo(x[(c + 8)..]);
            (Vector128.ConvertToSingle(e) * scale).CopyTo(x[(c + 12)..]);
        }
        for (; c < q.Length; c++) x[c] = q[c] * scale;
    }

    /// <summary>
    /// y_to = (a_t · b_o) · absmaxA_t · absmaxB_o / 127², the sum exact in int32 (up to 133 000 columns).
    /// </summary>
    /// <param name="a">[T, columns].</param>
    /// <param name="absmaxA">[T].</param>
    /// <param name="b">[O, columns].</param>
    /// <param name="absmaxB">[O].</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="y">[T, O].</param>
    public static void Multiply(ReadOnlySpan<sbyte> a, ReadOnlySpan<float> absmaxA, ReadOnlySpan<sbyte> b, ReadOnlySpan<float> absmaxB, int columns, Span<float> y)
    {
        // A row of b stays in the cache for all rows of a.
        for (int o = 0; o < absmaxB.Length; o++)
        {
            ReadOnlySpan<sbyte> row = b.Slice(o * columns, columns);
            for (int t = 0; t < absmaxA.Length; t++)
                y[(t * absmaxB.Length) + o] = Dot(a.Slice(t * columns, columns), row) * (absmaxA[t] * absmaxB[o]) * SquaredStep;
        }
    }

    /// <summary>Σ a_c · b_c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Dot(ReadOnlySpan<sbyte> a, ReadOnlySpan<sbyte> b)
    {
        Vector256<int> sums = Vector256<int>.Zero;
        ref sbyte first = ref MemoryMarshal.GetReference(a), second = ref MemoryMarshal.GetReference(b);
        int c = 0;
        for (; c + 32 <= a.Length; c += 32)
        {
            (Vector256<short> aLow, Vector256<short> aHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref first, (nuint)c));
            (Vector256<short> bLow, Vector256<short> bHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref second, (nuint)c));
            sums += PairSums(aLow, bLow) + PairSums(aHigh, bHigh);
        }
        int sum = Vector256.Sum(sums);
        for (; c < a.Length; c++) sum += a[c] * b[c];
        return sum;
    }

    private static Vector256<int> PairSums(Vector256<short> a, Vector256<short> b)
    {
        if (System.Runtime.Intrinsics.X86.Avx2.IsSupported) return System.Runtime.Intrinsics.X86.Avx2.MultiplyAddAdjacent(a, b);
        (Vector256<int> aLow, Vector256<int> aHigh) = Vector256.Widen(a);
        (Vector256<int> bLow, Vector256<int> bHigh) = Vector256.Widen(b);
        return (aLow * bLow) + (aHigh * bHigh);
    }
}
