using TuneSharp.Tokenizers.Normalization;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads <c>normalizer</c>.</summary>
internal static class NormalizerReader
{
    public static Normalizer? Read(JsonField component) => component.IsNull ? null : ReadStep(component);

    private static Normalizer ReadStep(JsonField step) => TokenizerJson.TypeOf(step) switch
    {
        "Sequence" => new SequenceNormalizer([.. step["normalizers"].Items().Select(ReadStep)]),
        _ => throw TokenizerJson.UnknownType(step, "normalizer", "Sequence"),
    };
}
