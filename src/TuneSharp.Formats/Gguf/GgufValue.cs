using System.Buffers.Binary;
using System.Text;

namespace TuneSharp.Formats.Gguf;

/// <summary>Types of metadata values; the numbers are the file's.</summary>
public enum GgufValueType
{
    UInt8 = 0, Int8 = 1, UInt16 = 2, Int16 = 3, UInt32 = 4, Int32 = 5, Float32 = 6, Bool = 7, String = 8, Array = 9, UInt64 = 10, Int64 = 11, Float64 = 12,
}

/// <summary>A value of a GGUF file's metadata.</summary>
public abstract record GgufValue(GgufValueType Type)
{
    internal static int BytesOf(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Bool => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Float32 => 4,
        GgufValueType.UInt64 or GgufValueType.Int64 or GgufValueType.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only numbers have a fixed size."),
    };
}

/// <summary>A whole number; bool is 0 or 1. An unsigned 64-bit number above 2^63 − 1 is kept as its value in <see cref="Unsigned"/>.</summary>
public sealed record GgufInteger(GgufValueType Type, long Value, ulong Unsigned) : GgufValue(Type);

/// <summary>A floating-point number.</summary>
public sealed record GgufFloat(GgufValueType Type, double Value) : GgufValue(Type);

/// <summary>A text; bytes that are not UTF-8 became U+FFFD.</summary>
public sealed record GgufText(string Value) : GgufValue(GgufValueType.String);

/// <summary>A list of numbers, kept as the file's bytes.</summary>
public sealed record GgufNumbers(GgufValueType ElementType, int Count, byte[] Bytes) : GgufValue(GgufValueType.Array)
{
    /// <summary>Element <paramref name="index"/> as a floating-point number.</summary>
    public double this[int index]
    {
        get
        {
            ReadOnlySpan<byte> at = Bytes.AsSpan(index * BytesOf(ElementType));
            return ElementType switch
            {
                GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(at),
                GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(at),
                _ => Whole(index),
            };
        }
    }

    /// <summary>Element <paramref name="index"/> of a list of whole numbers; a fraction is cut off.</summary>
    public long Whole(int index)
    {
        ReadOnlySpan<byte> at = Bytes.AsSpan(index * BytesOf(ElementType));
        return ElementType switch
        {
            GgufValueType.UInt8 or GgufValueType.Bool => at[0],
            GgufValueType.Int8 => (sbyte)at[0],
            GgufValueType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(at),
            GgufValueType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(at),
            GgufValueType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(at),
            GgufValueType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(at),
            GgufValueType.UInt64 or GgufValueType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(at),
            _ => (long)this[index],
        };
    }
}

/// <summary>A list of texts: one block of UTF-8 and where each text ends, so that a vocabulary takes no more memory than in the file.</summary>
public sealed record GgufTexts(byte[] Utf8, int[] Ends) : GgufValue(GgufValueType.Array)
{
    public int Count => Ends.Length;

    /// <summary>Text <paramref name="index"/>; bytes that are not UTF-8 become U+FFFD.</summary>
    public string this[int index] => Encoding.UTF8.GetString(BytesOf(index));

    public ReadOnlySpan<byte> BytesOf(int index) => Utf8.AsSpan((index == 0 ? 0 : Ends[index - 1])..Ends[index]);
}

/// <summary>A list of lists.</summary>
public sealed record GgufLists(IReadOnlyList<GgufValue> Items) : GgufValue(GgufValueType.Array);
