using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Numbers that are stored one by one. Widening to float32 is exact, but for float64, which is rounded once.</summary>
internal static class PlainNumbers
{
    public static void DecodeF32(ReadOnlySpan<byte> blocks, Span<float> values) => blocks.CopyTo(MemoryMarshal.AsBytes(values));

    /// <summary>
    /// Eight at a time without a conversion instruction: the bits, moved to where float32 has them, are 2^-112 of the value,
    /// subnormal ones included; infinities and NaN get the exponent of theirs.
    /// </summary>
    public static void DecodeF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(blocks);
        int i = 0;
        for (; i + 8 <= halves.Length; i += 8)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Create(halves.Slice(i, 8)));
            Widen(low).StoreUnsafe(ref values[i]);
            Widen(high).StoreUnsafe(ref values[i + 4]);
        }
        for (; i < halves.Length; i++) values[i] = (float)BitConverter.UInt16BitsToHalf(halves[i]);
    }

    private static Vector128<float> Widen(Vector128<uint> half)
    {
        Vector128<uint> magnitude = (half & Vector128.Create(0x7FFFu)) << 13, sign = (half & Vector128.Create(0x8000u)) << 16;
        Vector128<uint> value = (magnitude.AsSingle() * Vector128.Create(5.192296858534828e33f)).AsUInt32();
        Vector128<uint> special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(0x0F800000u)) & Vector128.Create(0x7F800000u);
        return (value | special | sign).AsSingle();
    }

    public static void DecodeBF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<ushort> upperHalves = MemoryMarshal.Cast<byte, ushort>(blocks);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        for (int i = 0; i < upperHalves.Length; i++) bits[i] = (uint)upperHalves[i] << 16;
    }

    public static void DecodeF64(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++) values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(blocks[(8 * i)..]);
    }

    /// <summary>A scale as most blocks store it.</summary>
    public static float Half(ReadOnlySpan<byte> at) => (float)BinaryPrimitives.ReadHalfLittleEndian(at);
}
