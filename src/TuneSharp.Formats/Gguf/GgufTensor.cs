namespace TuneSharp.Formats.Gguf;

/// <summary>One tensor of a GGUF file: what it is and where its bytes lie.</summary>
/// <param name="Name">As the file has it, as in <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Type">How the numbers are stored.</param>
/// <param name="Shape">Sizes, outermost first as in torch: the reverse of the file's order. Empty for a single number.</param>
/// <param name="FileOffset">First byte, from the start of the file.</param>
/// <param name="ByteLength">All blocks.</param>
public sealed record GgufTensor(string Name, GgmlType Type, IReadOnlyList<long> Shape, long FileOffset, long ByteLength)
{
    public long NumElements => ByteLength / Type.BlockBytes() * Type.BlockElements();

    /// <summary>Numbers in a row: the innermost size. A row is a whole number of blocks.</summary>
    public long Columns => Shape.Count == 0 ? 1 : Shape[^1];

    /// <summary>All sizes but the innermost, multiplied.</summary>
    public long Rows => NumElements / Columns;

    /// <summary>As a person writes it: <c>[4096, 64]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
