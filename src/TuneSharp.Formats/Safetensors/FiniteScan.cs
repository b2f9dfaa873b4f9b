using System.Numerics;
using System.Runtime.InteropServices;

namespace TuneSharp.Formats.Safetensors;

/// <summary>Looks for NaN and infinity in stored numbers, without converting them.</summary>
public static class FiniteScan
{
    /// <summary>True if all numbers of <paramref name="bytes"/> are finite; integers always are.</summary>
    /// <param name="dtype">Their type.</param>
    /// <param name="bytes">Whole elements, little-endian.</param>
    public static bool AllFinite(TensorDType dtype, ReadOnlySpan<byte> bytes) => dtype switch
    {
        TensorDType.F32 => NoneHasAllOf(MemoryMarshal.Cast<byte, uint>(bytes), 0x7f80_0000u),
        TensorDType.F64 => NoneHasAllOf(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7ff0_0000_0000_0000ul),
        TensorDType.BF16 => NoneHasAllOf(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7f80),
        TensorDType.F16 => NoneHasAllOf(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7c00),
        TensorDType.F8E5M2 => NoneHasAllOf(bytes, (byte)0x7c),
        TensorDType.F8E4M3 => NoneHasAllOf(bytes, (byte)0x7f), // has no infinity, one NaN of each sign
        _ => true,
    };

    /// <summary>The first tensor of the file that holds a NaN or an infinity; null if there is none.</summary>
    public static TensorEntry? FirstNonFinite(SafetensorsFile file)
    {
        byte[] buffer = new byte[1 << 20];
        foreach (TensorEntry entry in file.Tensors.Values)
        {
            for (long offset = 0; offset < entry.ByteLength; offset += buffer.Length)
            {
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.ByteLength - offset));
                file.Read(entry, part, offset);
                if (!AllFinite(entry.DType, part)) return entry;
            }
        }
        return null;
    }

    // The exponent bits all set mean NaN or infinity, in every floating type of IEEE's pattern.
    private static bool NoneHasAllOf<T>(ReadOnlySpan<T> bits, T exponent) where T : unmanaged, IBinaryInteger<T>
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Only little-endian machines are supported.");
        var mask = new Vector<T>(exponent);
        int i = 0;
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
            if (Vector.EqualsAny(new Vector<T>(bits[i..]) & mask, mask)) return false;
        for (; i < bits.Length; i++)
            if ((bits[i] & exponent) == exponent) return false;
        return true;
    }
}
