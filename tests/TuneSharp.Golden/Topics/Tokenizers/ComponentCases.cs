using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers.Decoding;
using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Golden.Topics;

/// <summary>Single normalizers, pre-tokenizers and decoders over the same texts; one case each.</summary>
internal static class ComponentCases
{
    public static IEnumerable<GoldenCase> Find(string name, string path)
    {
        JsonElement golden = GoldenFixtures.ReadJson(path);
        string[] texts = [.. golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        string[][] inputs = [.. golden.GetProperty("decoder_inputs").EnumerateArray().Select(i => i.EnumerateArray().Select(t => t.GetString()!).ToArray())];
        foreach (GoldenCase found in Each(name, golden, "normalizers", (component, outputs) =>
        {
            Normalizer normalizer = NormalizerReader.Read(component)!;
            return texts.Select((text, i) => TokenizerCases.Same($"text {i}", Apply(normalizer, text), outputs[i].GetString()));
        })) yield return found;
        foreach (GoldenCase found in Each(name, golden, "pre_tokenizers", (component, outputs) =>
        {
            PreTokenizer preTokenizer = PreTokenizerReader.Read(component)!;
            return texts.Select((text, i) => TokenizerCases.Same($"text {i}", Split(preTokenizer, text), [.. outputs[i].EnumerateArray().Select(p => p.GetRawText()).Select(Canonical)]));
        })) yield return found;
        foreach (GoldenCase found in Each(name, golden, "decoders", (component, outputs) =>
        {
            TokenDecoder decoder = DecoderReader.Read(component)!;
            return inputs.Select((tokens, i) => TokenizerCases.Same($"input {i}", string.Concat(decoder.Apply([.. tokens])), outputs[i].GetString()));
        })) yield return found;
    }

    private static IEnumerable<GoldenCase> Each(string name, JsonElement golden, string kind, Func<JsonField, JsonElement, IEnumerable<GoldenResult>> check)
    {
        int index = 0;
        foreach (JsonElement entry in golden.GetProperty(kind).EnumerateArray())
        {
            JsonElement component = entry.GetProperty("component"), outputs = entry.GetProperty("out");
            string label = $"{name}/{kind}/{index++}";
            yield return new GoldenCase(label, () => GoldenResult.All(check(new JsonField(component, label), outputs)));
        }
    }

    private static string Apply(Normalizer normalizer, string text) => System.Text.Encoding.UTF8.GetString(normalizer.Apply(ToText(text)).Bytes);

    private static List<string> Split(PreTokenizer preTokenizer, string text)
    {
        AlignedText source = ToText(text);
        if (source.Length == 0) return [];
        var pieces = new List<Piece>();
        preTokenizer.Split(Piece.Whole(source), pieces);
        var positions = new TextPositions(source.Bytes);
        return [.. pieces.Select(piece => JsonSerializer.Serialize(new object[]
        {
            System.Text.Encoding.UTF8.GetString(piece.Bytes),
            positions.CodePoint(piece.Text.SourceStart(piece.Start)),
            positions.CodePoint(piece.Text.SourceEnd(piece.Start + piece.Length - 1)),
        }))];
    }

    private static string Canonical(string json) => JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement[]>(json));

    private static AlignedText ToText(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return AlignedText.FromSource(bytes, 0, bytes.Length, tracked: true);
    }
}
