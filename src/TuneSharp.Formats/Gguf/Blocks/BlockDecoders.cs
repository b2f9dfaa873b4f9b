using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Gguf.Blocks;

/// <summary>Decodes whole blocks.</summary>
/// <param name="blocks">Bytes of one or more blocks.</param>
/// <param name="values">Room for all their numbers.</param>
internal delegate void BlockDecoder(ReadOnlySpan<byte> blocks, Span<float> values);

/// <summary>The decoder of each type. All give ggml's values bit for bit: one rounding a product, one a sum, in float32.</summary>
internal static class BlockDecoders
{
    private static readonly Dictionary<GgmlType, BlockDecoder> Decoders = new()
    {
        [GgmlType.F32] = PlainNumbers.DecodeF32,
        [GgmlType.F16] = PlainNumbers.DecodeF16,
        [GgmlType.BF16] = PlainNumbers.DecodeBF16,
        [GgmlType.F64] = PlainNumbers.DecodeF64,
        [GgmlType.Q4_0] = ClassicBlocks.DecodeQ4_0,
        [GgmlType.Q4_1] = ClassicBlocks.DecodeQ4_1,
        [GgmlType.Q5_0] = ClassicBlocks.DecodeQ5_0,
        [GgmlType.Q5_1] = ClassicBlocks.DecodeQ5_1,
        [GgmlType.Q8_0] = ClassicBlocks.DecodeQ8_0,
        [GgmlType.Q2_K] = KBlocks.DecodeQ2_K,
        [GgmlType.Q3_K] = KBlocks.DecodeQ3_K,
        [GgmlType.Q4_K] = KBlocks.DecodeQ4_K,
        [GgmlType.Q5_K] = KBlocks.DecodeQ5_K,
        [GgmlType.Q6_K] = KBlocks.DecodeQ6_K,
        [GgmlType.IQ4_NL] = CodebookBlocks.DecodeIQ4_NL,
        [GgmlType.IQ4_XS] = CodebookBlocks.DecodeIQ4_XS,
        [GgmlType.MXFP4] = CodebookBlocks.DecodeMxfp4,
        [GgmlType.NVFP4] = CodebookBlocks.DecodeNvfp4,
        [GgmlType.TQ1_0] = TernaryBlocks.DecodeTQ1_0,
        [GgmlType.TQ2_0] = TernaryBlocks.DecodeTQ2_0,
    };

    /// <summary>Types that can be decoded.</summary>
    public static IReadOnlyCollection<GgmlType> Known => Decoders.Keys;

    /// <summary>Null for a type that cannot be decoded.</summary>
    public static BlockDecoder? Find(GgmlType type) => Decoders.GetValueOrDefault(type);

    public static InvalidInputException Unsupported(GgufTensor tensor, string path) => new(
        $"The tensor {Quoted.Text(tensor.Name)} is stored as {tensor.Type}, which cannot be decoded.", path,
        $"Take the model's file in another type, for instance Q4_K, Q8_0 or BF16. Those that can be decoded are {string.Join(", ", Known.Order())}.");
}
