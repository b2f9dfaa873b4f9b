using TuneSharp.Tokenizers.Decoding;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>decoder</c>.</summary>
internal static class DecoderReader
{
    private const string Known = "Sequence, ByteLevel, Replace, ByteFallback, Fuse, Strip, Metaspace, WordPiece, BPEDecoder, CTC";

    public static TokenDecoder? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static TokenDecoder ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequenceDecoder([.. step["decoders"].Steps().Select(ReadStep)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "Fuse" => new FuseDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Replace" => new ReplaceDecoder(PatternReader.Read(step["pattern"]), step["content"].ShortText()),
        "Strip" => ReadStrip(step),
        "Metaspace" => ReadMetaspace(step),
        "WordPiece" => new WordPieceDecoder(step["prefix"].TextOrNull() ?? "##", step["cleanup"].Flag(true)),
        "BPEDecoder" => new SuffixDecoder(step["suffix"].TextOrNull() ?? "</w>"),
        "CTC" => new CtcDecoder(step["pad_token"].TextOrNull() ?? "<pad>", step["word_delimiter_token"].TextOrNull() ?? "|", step["cleanup"].Flag(true)),
        _ => throw TokenizerJson.UnknownType(step, "decoder", Known),
    };

    private static StripDecoder ReadStrip(JsonField step)
    {
        System.Text.Rune[] content = [.. step["content"].ShortText().EnumerateRunes()];
        if (content.Length != 1) throw step["content"].Wrong("one character");
        return new StripDecoder(content[0], step["start"].Whole(0, int.MaxValue, 0), step["stop"].Whole(0, int.MaxValue, 0));
    }

    private static MetaspaceDecoder ReadMetaspace(JsonField step)
    {
        (string sign, Splitting.PrependScheme scheme) = MetaspaceFields.Read(step);
        return new MetaspaceDecoder(sign, dropsFirst: scheme != Splitting.PrependScheme.Never);
    }
}
