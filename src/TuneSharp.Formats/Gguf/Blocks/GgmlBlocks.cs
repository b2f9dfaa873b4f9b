namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Blocks that are kept in memory as the file has them.</summary>
public static class GgmlBlocks
{
    /// <summary>Whether <see cref="Decode"/> knows the type.</summary>
    public static bool CanDecode(GgmlType type) => BlockDecoders.Find(type) is not null;

    /// <summary>The error for a tensor whose type cannot be decoded.</summary>
    public static InvalidInputException Unsupported(GgufTensor tensor, string path) => BlockDecoders.Unsupported(tensor, path);

    /// <param name="type">How the numbers are stored; one that <see cref="CanDecode"/>.</param>
    /// <param name="blocks">Bytes of whole blocks.</param>
    /// <param name="values">Room for all their numbers; every element is overwritten.</param>
    public static void Decode(GgmlType type, ReadOnlySpan<byte> blocks, Span<float> values)
    {
        BlockDecoder decode = BlockDecoders.Find(type) ?? throw new ArgumentOutOfRangeException(nameof(type), type, "Blocks of this type cannot be decoded.");
        decode(blocks, values);
    }
}
