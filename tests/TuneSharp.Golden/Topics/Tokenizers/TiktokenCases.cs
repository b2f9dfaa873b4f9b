using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics;

/// <summary>Golden files made with the library tiktoken: ids and the bytes of every token.</summary>
internal static class TiktokenCases
{
    public static IEnumerable<GoldenCase> Find(string name, string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string file = Directory.GetFiles(folder, "*.tiktoken*").Order(StringComparer.Ordinal).First();
        var tokenizer = new Lazy<Tokenizer>(() => Load(file));
        return TokenizerCases.Entries(GoldenFixtures.ReadJson(path)).Select(entry => new GoldenCase($"{name}/{entry.Entry}", () => entry.Kind switch
        {
            "cases" => CheckText(tokenizer.Value, entry.Json),
            "streaming" => SentencePieceCases.CheckStream(tokenizer.Value, entry.Json, skipSpecialTokens: false),
            _ => GoldenResult.NotBuilt(entry.Kind),
        }));
    }

    private static Tokenizer Load(string file)
    {
        string copy = Directory.CreateTempSubdirectory("tunesharp-tiktoken-").FullName;
        try
        {
            string name = Path.GetFileName(file);
            string unpacked = Path.Combine(copy, name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name);
            File.WriteAllBytes(unpacked, GoldenFixtures.ReadBytes(file));
            return Tokenizer.Load(unpacked);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static GoldenResult CheckText(Tokenizer tokenizer, JsonElement json)
    {
        string text = json.GetProperty("text").GetString()!;
        int[] ids = TokenizerCases.Ids(json, "ids")!, found = tokenizer.EncodeIds(text);
        return GoldenResult.All(
        [
            TokenizerCases.Same("ids", found, ids),
            TokenizerCases.Same("ids_nosplit", tokenizer.EncodeIds(text, splitSpecialTokens: true), TokenizerCases.Ids(json, "ids_nosplit") ?? ids),
            TokenizerCases.Same("bytes", [.. found.Select(id => Convert.ToHexStringLower(tokenizer.BytesOf(id)))], [.. json.GetProperty("bytes_hex").EnumerateArray().Select(hex => hex.GetString()!)]),
            TokenizerCases.Same("decode", tokenizer.Decode(ids, skipSpecialTokens: false), json.GetProperty("decode").GetString()),
        ]);
    }
}
