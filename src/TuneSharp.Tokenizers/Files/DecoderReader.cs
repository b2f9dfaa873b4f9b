using TuneSharp.Tokenizers.Decoding;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>decoder</c>.</summary>
internal static class DecoderReader
{
    public static TokenDecoder? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static TokenDecoder ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequenceDecoder([.. step["decoders"].Items().Select(ReadStep)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "Fuse" => new FuseDecoder(),
        _ => throw TokenizerJson.UnknownType(step, "decoder", "Sequence, ByteLevel, Fuse"),
    };
}
