using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics;

/// <summary>
/// Golden files made with the library sentencepiece. It knows no special tokens in a text, adds none and has one way of
/// decoding: what the program calls splitting special tokens, without specials, skipping them.
/// </summary>
internal static class SentencePieceCases
{
    public static IEnumerable<GoldenCase> Find(string name, string path, GoldenTokenizer tokenizer)
    {
        if (tokenizer.NotBuilt is { } part) return TokenizerCases.NotBuilt(name, path, part);
        return TokenizerCases.Entries(GoldenFixtures.ReadJson(path)).Select(entry => new GoldenCase($"{name}/{entry.Entry}", () => entry.Kind switch
        {
            "cases" => CheckText(tokenizer.Value, entry.Json),
            "streaming" => CheckStream(tokenizer.Value, entry.Json),
            _ => GoldenResult.NotBuilt(entry.Kind),
        }));
    }

    /// <summary>llama.cpp's own tests: text and ids, nothing added.</summary>
    public static IEnumerable<GoldenCase> FindIdTests(string name, string path, GoldenTokenizer tokenizer)
    {
        JsonElement tests = GoldenFixtures.ReadJson(path).GetProperty("tests");
        for (int i = 0; i < tests.GetArrayLength(); i++)
        {
            JsonElement json = tests[i];
            yield return new GoldenCase($"{name}/tests/{i}", () => tokenizer.NotBuilt is { } part
                ? GoldenResult.NotBuilt(part)
                : TokenizerCases.Same("ids", tokenizer.Value.EncodeIds(json.GetProperty("text").GetString()!), TokenizerCases.Ids(json, "ids")));
        }
    }

    private static GoldenResult CheckText(Tokenizer tokenizer, JsonElement json)
    {
        string text = json.GetProperty("text").GetString()!;
        Encoding encoding = tokenizer.Encode(text, splitSpecialTokens: true);
        int[] ids = TokenizerCases.Ids(json, "ids")!;
        return GoldenResult.All(
        [
            TokenizerCases.Same("ids", encoding.Ids, ids),
            TokenizerCases.Same("ids of the fast way", tokenizer.EncodeIds(text, splitSpecialTokens: true), ids),
            TokenizerCases.Same("tokens", encoding.Tokens, [.. json.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!)]),
            Offsets("offsets", TokenizerCases.Flat(encoding.CodePointOffsets), json),
            Offsets("byte_offsets", TokenizerCases.Flat(encoding.ByteOffsets), json),
            TokenizerCases.Same("decode", tokenizer.Decode(ids), json.GetProperty("decode").GetString()),
            json.TryGetProperty("normalized", out JsonElement normalized) ? TokenizerCases.Same("normalized", tokenizer.Normalize(text), normalized.GetString()) : GoldenResult.Equal(true),
        ]);
    }

    /// <summary>Code points are null where the library's place lies within a character.</summary>
    private static GoldenResult Offsets(string field, int[] found, JsonElement json)
    {
        JsonElement[] expected = [.. json.GetProperty(field).EnumerateArray()];
        bool same = expected.Length == found.Length && Enumerable.Range(0, found.Length).All(i => expected[i].ValueKind == JsonValueKind.Null || expected[i].GetInt32() == found[i]);
        return GoldenResult.Equal(same, $"{field}: {string.Join(' ', found)} for {json.GetProperty(field).GetRawText()}");
    }

    internal static GoldenResult CheckStream(Tokenizer tokenizer, JsonElement json, bool skipSpecialTokens = true)
    {
        StreamingDecoder decoder = tokenizer.CreateStreamingDecoder(skipSpecialTokens);
        string?[] shown = [.. TokenizerCases.Ids(json, "ids")!.Select(id => decoder.Push(id)), decoder.Finish()];
        return TokenizerCases.Same("keep", shown, [.. json.GetProperty("keep").EnumerateArray().Select(text => text.GetString()), json.GetProperty("keep_rest").GetString()]);
    }
}
