namespace TuneSharp.Formats.Safetensors;

/// <summary>One tensor of a file: what it is and where its bytes lie. Row-major, little-endian.</summary>
/// <param name="Name">Name in the checkpoint.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Sizes, outermost first; empty for a single number.</param>
/// <param name="FileOffset">First byte, from the start of the file.</param>
/// <param name="ByteLength">Elements × bytes of one element.</param>
public sealed record TensorEntry(string Name, TensorDType DType, IReadOnlyList<long> Shape, long FileOffset, long ByteLength)
{
    public long NumElements => ByteLength / DType.ByteSize();

    /// <summary>As a person writes it: <c>[4096, 64]</c>.</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
