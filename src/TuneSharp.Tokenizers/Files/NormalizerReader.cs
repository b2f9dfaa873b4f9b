using TuneSharp.Tokenizers.Normalization;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    private const string Known = "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Nmt, Prepend, Replace, ByteLevel, BertNormalizer, Precompiled";

    public static Normalizer? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static Normalizer ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequenceNormalizer([.. step["normalizers"].Steps().Select(ReadStep)]),
        "NFC" => new NormalFormNormalizer(compose: true, compatibility: false),
        "NFD" => new NormalFormNormalizer(compose: false, compatibility: false),
        "NFKC" => new NormalFormNormalizer(compose: true, compatibility: true),
        "NFKD" => new NormalFormNormalizer(compose: false, compatibility: true),
        "Lowercase" => new LowercaseNormalizer(),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(step["strip_left"].Flag(true), step["strip_right"].Flag(true)),
        "Nmt" => new NmtNormalizer(),
        "Prepend" => new PrependNormalizer(step["prepend"].ShortText()),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(step["pattern"]), step["content"].ShortText()),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Precompiled" => ReadPrecompiled(step["precompiled_charsmap"]),
        "BertNormalizer" => new BertNormalizer(
            step["clean_text"].Flag(true), step["handle_chinese_chars"].Flag(true), step["strip_accents"].FlagOrNull(), step["lowercase"].Flag(true)),
        _ => throw TokenizerJson.UnknownType(step, "normalizer", Known),
    };

    private static PrecompiledNormalizer ReadPrecompiled(JsonField table)
    {
        if (table.Value.ValueKind != System.Text.Json.JsonValueKind.String || !table.Value.TryGetBytesFromBase64(out byte[]? bytes)) throw table.Wrong("a text in base64");
        return new PrecompiledNormalizer(CharacterMap.Parse(bytes, table.Where));
    }
}
