using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TuneSharp.Kernels;

/// <summary>float32 as 16 bits and back. Narrowing rounds once, halves to even; a NaN stays one.</summary>
public static class NarrowFloats
{
    /// <param name="x">Numbers.</param>
    /// <param name="bits">As many bfloat16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBFloat16(ReadOnlySpan<float> x, Span<ushort> bits)
    {
        int i = 0;
        for (; i + 16 <= x.Length; i += 16)
        {
            Vector256<uint> low = Upper(Vector256.Create(x.Slice(i, 8))), high = Upper(Vector256.Create(x.Slice(i + 8, 8)));
            Vector256.Narrow(low, high).CopyTo(bits[i..]);
        }
        for (; i < x.Length; i++) bits[i] = ToBFloat16(x[i]);
    }

    public static ushort ToBFloat16(float x)
    {
        uint all = BitConverter.SingleToUInt32Bits(x);
        return float.IsNaN(x) ? (ushort)0x7FC0 : (ushort)((all + 0x7FFF + ((all >> 16) & 1)) >> 16);
    }

    /// <param name="bits">bfloat16.</param>
    /// <param name="x">As many numbers; exact.</param>
    public static void FromBFloat16(ReadOnlySpan<ushort> bits, Span<float> x)
    {
        Span<uint> all = MemoryMarshal.Cast<float, uint>(x);
        for (int i = 0; i < bits.Length; i++) all[i] = (uint)bits[i] << 16;
    }

    /// <param name="x">Numbers; beyond 65519 they become infinite.</param>
    /// <param name="halves">As many float16.</param>
    public static void ToFloat16(ReadOnlySpan<float> x, Span<Half> halves)
    {
        for (int i = 0; i < x.Length; i++) halves[i] = (Half)x[i];
    }

    /// <param name="halves">float16.</param>
    /// <param name="x">As many numbers; exact.</param>
    public static void FromFloat16(ReadOnlySpan<Half> halves, Span<float> x)
    {
        for (int i = 0; i < halves.Length; i++) x[i] = (float)halves[i];
    }

    private static Vector256<uint> Upper(Vector256<float> x)
    {
        Vector256<uint> all = x.AsUInt32();
        Vector256<uint> rounded = (all + Vector256.Create(0x7FFFu) + ((all >>> 16) & Vector256.Create(1u))) >>> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(x, x).AsUInt32(), rounded, Vector256.Create(0x7FC0u));
    }
}
