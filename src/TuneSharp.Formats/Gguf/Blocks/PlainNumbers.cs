using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Numbers that are stored one by one. Widening to float32 is exact, but for float64, which is rounded once.</summary>
internal static class PlainNumbers
{
    public static void DecodeF32(ReadOnlySpan<byte> blocks, Span<float> values) => blocks.CopyTo(MemoryMarshal.AsBytes(values));

    public static void DecodeF16(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(blocks);
        for (int i = 0; i < halves.Length; i++) values[i] = (float)halves[i];
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
