using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Tokenizers.PostProcessing;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// A tokenizer out of a SentencePiece vocabulary. What the vocabulary itself does not say, as the libraries around it do it:
/// control pieces are special tokens (found in a text unless that is switched off), tokenizer_config.json may add more of
/// them, and BOS goes in front unless <c>add_bos_token</c> says no.
/// </summary>
internal static class SentencePieceParts
{
    public static TokenizerParts Build(SentencePieceVocabulary vocabulary, byte[]? config, byte[]? addedTokens, string where)
    {
        Dictionary<string, int> ids = vocabulary.Check(where);
        string folder = Path.GetDirectoryName(where) ?? "";
        string configPath = Path.Combine(folder, TokenizerFiles.ConfigName);
        using JsonDocument? document = config is null ? null : JsonFile.Parse(config, configPath);
        JsonField? settings = document is null ? null : new JsonField(document.RootElement, configPath);
        bool isChatGlm = settings?["tokenizer_class"].TextOrNull() == ChatGlmTokens.TokenizerClass;
        return new TokenizerParts
        {
            AddedTokens = isChatGlm ? ChatGlmTokens.Of(vocabulary) : AddedTokens(vocabulary, ids, settings, addedTokens, Path.Combine(folder, TokenizerFiles.AddedTokensName)),
            Normalizer = new SentencePieceNormalizer(vocabulary),
            Model = new SentencePieceDefinition { Vocabulary = ids, Pieces = vocabulary, Where = where },
            PostProcessor = isChatGlm ? TemplatePostProcessor.Around(ChatGlmTokens.Prefix(vocabulary), null) : Affixes(vocabulary, settings),
            Decoder = new SentencePieceDecoder(vocabulary),
            Roles = new[] { ("bos_token", isChatGlm ? null : vocabulary.BosId), ("eos_token", vocabulary.EosId), ("pad_token", isChatGlm ? vocabulary.UnknownId : vocabulary.PadId), ("unk_token", vocabulary.UnknownId) }
                .Where(role => role.Item2 is not null).ToDictionary(role => role.Item1, role => vocabulary.Pieces[role.Item2!.Value].Text, StringComparer.Ordinal),
        };
    }

    private static List<AddedToken> AddedTokens(SentencePieceVocabulary vocabulary, Dictionary<string, int> ids, JsonField? settings, byte[]? addedTokens, string addedPath)
    {
        var list = new JsonArray();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        if (settings?["added_tokens_decoder"] is { IsNull: false } decoder)
        {
            if (!decoder.IsObject) throw decoder.Wrong("an object that gives each id its token");
            foreach (JsonProperty entry in decoder.Value.EnumerateObject())
            {
                if (!int.TryParse(JsonField.NameOf(entry, decoder.Where), out int id)) throw decoder.Wrong("an object whose names are ids");
                var token = new JsonField(entry.Value, $"{decoder.Where}.{id}");
                if (!token.IsObject) throw token.Wrong("an object");
                JsonObject added = JsonObject.Create(entry.Value.Clone())!;
                added["id"] = id;
                if (taken.Add(token["content"].Text())) list.Add(added);
            }
        }
        if (addedTokens is not null)
        {
            using JsonDocument document = JsonFile.Parse(addedTokens, addedPath);
            var root = new JsonField(document.RootElement, addedPath);
            if (!root.IsObject) throw root.Wrong("an object that gives each token its id");
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                string content = JsonField.NameOf(entry, addedPath);
                int id = new JsonField(entry.Value, $"{addedPath}.{content}").Whole(0, ModelReader.LargestId);
                if (taken.Add(content)) list.Add(new JsonObject { ["id"] = id, ["content"] = content, ["special"] = true, ["normalized"] = false });
            }
        }
        for (int id = 0; id < vocabulary.Pieces.Count; id++)
        {
            VocabularyPiece piece = vocabulary.Pieces[id];
            // With byte pieces no text ever needs the unknown piece: it is one more special token then.
            if (piece.Kind == PieceKind.Control || (piece.Kind == PieceKind.Unknown && vocabulary.ByteFallback))
                if (taken.Add(piece.Text)) list.Add(new JsonObject { ["id"] = id, ["content"] = piece.Text, ["special"] = true, ["normalized"] = false });
        }
        using JsonDocument all = JsonDocument.Parse(list.ToJsonString());
        return [.. AddedTokenReader.Read(new JsonField(all.RootElement, settings?.Where ?? addedPath), ids).Select(token => token with { Normalized = false })];
    }

    private static TemplatePostProcessor? Affixes(SentencePieceVocabulary vocabulary, JsonField? settings)
    {
        bool bos = settings?["add_bos_token"].FlagOrNull() ?? true, eos = settings?["add_eos_token"].FlagOrNull() ?? false;
        return TemplatePostProcessor.Around(
            bos && vocabulary.BosId is { } b ? (b, vocabulary.Pieces[b].Text) : null,
            eos && vocabulary.EosId is { } e ? (e, vocabulary.Pieces[e].Text) : null);
    }
}
