using System.Runtime.InteropServices;
using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading;

/// <summary>One row as it lay in the file: its JSON, its number, and the bytes from which a place can be computed.</summary>
/// <param name="Number">Number of the row, from 1.</param>
/// <param name="Bytes">A window on a shared buffer: valid until the next row is read.</param>
/// <param name="BaseLine">Line of the first of these bytes.</param>
/// <param name="BaseColumn">Column of the first of these bytes.</param>
/// <param name="Reading">What the parser made of it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RawRow(long Number, ReadOnlyMemory<byte> Bytes, long BaseLine, int BaseColumn, JsonReading Reading)
{
    /// <summary>Offset of the row inside <see cref="Bytes"/>: not 0 where several rows share the bytes.</summary>
    public int Start { get; init; }

    /// <summary>Line on which the row begins; 0 in a file without lines.</summary>
    public long Line => PlaceOf(Start).Line;

    /// <summary>A row of a file that is no text: there are no columns to name, and no lines but those of a sheet.</summary>
    /// <param name="line">Row of the sheet; 0 = none.</param>
    public static RawRow WithoutText(long number, long line, JsonReading reading) => new(number, default, line, 0, reading);

    /// <summary>Line and column of a byte of this row.</summary>
    public (long Line, int Column) PlaceOf(int offset) => Bytes.IsEmpty ? (BaseLine, BaseColumn) : TextPlace.Behind(Bytes.Span[..Math.Min(offset, Bytes.Length)], BaseLine, BaseColumn);
}
