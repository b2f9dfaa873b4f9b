using System.Text.Json;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// Which tokens are BOS, EOS, padding …: fields <c>*_token</c> of tokenizer_config.json, then of special_tokens_map.json.
/// A token is written as its text or as an object with <c>content</c>.
/// </summary>
internal static class SpecialTokenReader
{
    public static SpecialTokens Read(TokenizerFiles files, TokenizerVocabulary vocabulary, IReadOnlyDictionary<string, string> otherwise)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        string folder = Path.GetDirectoryName(files.Where) ?? "";
        Collect(files.Config, Path.Combine(folder, TokenizerFiles.ConfigName), texts);
        Collect(files.SpecialTokensMap, Path.Combine(folder, TokenizerFiles.SpecialTokensMapName), texts);
        foreach ((string role, string text) in otherwise) texts.TryAdd(role, text);
        return new SpecialTokens
        {
            Bos = Role("bos_token"),
            Eos = Role("eos_token"),
            Pad = Role("pad_token"),
            Unk = Role("unk_token"),
            All = texts,
        };

        SpecialToken? Role(string name) =>
            texts.TryGetValue(name, out string? text) && vocabulary.IdOf(text) is { } id ? new SpecialToken(text, id) : null;
    }

    private static void Collect(byte[]? json, string where, Dictionary<string, string> texts)
    {
        if (json is null) return;
        using JsonDocument document = JsonFile.Parse(json, where);
        var root = new JsonField(document.RootElement, where);
        if (!root.IsObject) throw root.Wrong("an object");
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (!property.Name.EndsWith("_token", StringComparison.Ordinal)) continue;
            var field = new JsonField(property.Value, $"{where}.{property.Name}");
            string? text = property.Value.ValueKind switch
            {
                JsonValueKind.String => field.Text(),
                JsonValueKind.Object when !field["content"].IsNull => field["content"].Text(),
                _ => null, // add_bos_token and the like
            };
            if (text is not null) texts.TryAdd(property.Name, text);
        }
    }
}
