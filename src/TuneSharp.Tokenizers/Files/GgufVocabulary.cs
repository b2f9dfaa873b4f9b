using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Gguf;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// The vocabulary inside a GGUF file (keys <c>tokenizer.ggml.*</c>): "llama" is a SentencePiece BPE, "gpt2" a byte-level BPE
/// whose splitting follows from <c>tokenizer.ggml.pre</c>, "bert" a WordPiece. They become the files that stand for them, so that they are saved
/// in the form that other programs read.
/// </summary>
internal static class GgufVocabulary
{
    private const string Prefix = "tokenizer.ggml.";
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TokenizerFiles Read(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return Read(file.Metadata);
    }

    public static TokenizerFiles Read(GgufMetadata metadata)
    {
        string kind = metadata.GetText(Prefix + "model") ?? throw metadata.Missing(Prefix + "model", "the kind of tokenizer");
        GgufTexts tokens = metadata.GetTexts(Prefix + "tokens") ?? throw metadata.Missing(Prefix + "tokens", "the list of tokens");
        if (tokens.Count is 0 or > ModelReader.LargestId) throw metadata.Wrong(Prefix + "tokens", $"It must have 1 to {ModelReader.LargestId} entries.");
        GgufNumbers? types = metadata.GetNumbers(Prefix + "token_type");
        if (types is not null && types.Count != tokens.Count) throw metadata.Wrong(Prefix + "token_type", $"It must have one entry for each of the {tokens.Count} tokens.");
        return kind switch
        {
            "llama" => Llama(metadata, tokens, types),
            "gpt2" => Gpt2(metadata, tokens, types),
            "bert" => Bert(metadata, tokens),
            _ => throw metadata.Wrong(Prefix + "model", "The kinds that can be used are llama (SentencePiece BPE), gpt2 (byte-level BPE) and bert (WordPiece).", "Use another model."),
        };
    }

    private static TokenizerFiles Llama(GgufMetadata metadata, GgufTexts tokens, GgufNumbers? types)
    {
        GgufNumbers scores = metadata.GetNumbers(Prefix + "scores") ?? throw metadata.Missing(Prefix + "scores", "the list of the tokens' scores");
        if (scores.Count != tokens.Count) throw metadata.Wrong(Prefix + "scores", $"It must have one entry for each of the {tokens.Count} tokens.");
        var pieces = new VocabularyPiece[tokens.Count];
        int bytes = 0;
        for (int id = 0; id < pieces.Length; id++)
        {
            var pieceKind = (PieceKind)(types?.Whole(id) ?? 1);
            if (pieceKind == PieceKind.Byte) bytes++;
            // The converter writes the blanks of user-defined pieces as blanks.
            string text = pieceKind == PieceKind.UserDefined ? tokens[id].Replace(' ', '▁') : tokens[id];
            pieces[id] = new VocabularyPiece(text, (float)scores[id], pieceKind);
        }
        var vocabulary = new SentencePieceVocabulary
        {
            Pieces = pieces,
            ByteFallback = bytes > 0,
            AddDummyPrefix = metadata.GetBool(Prefix + "add_space_prefix", true),
            RemoveExtraWhitespaces = metadata.GetBool(Prefix + "remove_extra_whitespaces", false),
            UnknownId = Id(metadata, "unknown", tokens) ?? 0,
            BosId = Id(metadata, "bos", tokens),
            EosId = Id(metadata, "eos", tokens),
            PadId = Id(metadata, "padding", tokens),
        };
        vocabulary.Check(metadata.Where);
        return new TokenizerFiles
        {
            Where = metadata.Where,
            SentencePiece = SentencePieceFile.Write(vocabulary),
            Config = Config(metadata, tokens, "LlamaTokenizer", addBos: true),
            ChatTemplate = Template(metadata),
        };
    }

    private static TokenizerFiles Gpt2(GgufMetadata metadata, GgufTexts tokens, GgufNumbers? types)
    {
        GgufTexts merges = metadata.GetTexts(Prefix + "merges") ?? throw metadata.Missing(Prefix + "merges", "the list of merges");
        string? pre = metadata.GetText(Prefix + "pre");
        IReadOnlyList<string> patterns = GgufPreTokenizers.Find(pre) ?? throw metadata.Wrong(Prefix + "pre",
            $"How it splits text is not known. Known are {string.Join(", ", GgufPreTokenizers.Known)}.", "Use the model's version in Hugging Face layout.");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            WriteAddedTokens(json, tokens, types);
            json.WriteNull("normalizer");
            json.WritePropertyName("pre_tokenizer");
            PreTokenizer(patterns).WriteTo(json);
            WritePostProcessor(json, metadata, tokens);
            json.WritePropertyName("decoder");
            ByteLevel(useRegex: true).WriteTo(json);
            json.WriteStartObject("model");
            json.WriteString("type", "BPE");
            json.WriteBoolean("ignore_merges", GgufPreTokenizers.IgnoresMerges(pre));
            json.WriteStartObject("vocab");
            for (int id = 0; id < tokens.Count; id++) json.WriteNumber(TokenText(metadata, tokens, id), id);
            json.WriteEndObject();
            json.WriteStartArray("merges");
            for (int i = 0; i < merges.Count; i++) WriteMerge(json, metadata, merges[i], i);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new TokenizerFiles
        {
            Where = metadata.Where,
            TokenizerJson = buffer.WrittenSpan.ToArray(),
            Config = Config(metadata, tokens, "PreTrainedTokenizerFast", addBos: false),
            ChatTemplate = Template(metadata),
        };
    }

    /// <summary>Pieces that begin a word carry <c>▁</c> here, the others have lost their <c>##</c>; words in brackets are as they were.</summary>
    private static TokenizerFiles Bert(GgufMetadata metadata, GgufTexts tokens)
    {
        string[] pieces = [.. Enumerable.Range(0, tokens.Count).Select(id => TokenText(metadata, tokens, id) switch
        {
            ['▁', .. string word] => word,
            ['[', .., ']'] reserved => reserved,
            string continued => "##" + continued,
        })];
        var standard = new WordPieceFile { Pieces = pieces };
        var file = standard with
        {
            Unknown = Piece("unknown", standard.Unknown),
            Separator = Piece("seperator", Piece("separator", standard.Separator)), // the key is really spelled so
            Pad = Piece("padding", standard.Pad),
            Class = Piece("cls", standard.Class),
            Mask = Piece("mask", standard.Mask),
        };
        var config = new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = true,
            ["unk_token"] = file.Unknown,
            ["sep_token"] = file.Separator,
            ["pad_token"] = file.Pad,
            ["cls_token"] = file.Class,
            ["mask_token"] = file.Mask,
        };
        return new TokenizerFiles { Where = metadata.Where, TokenizerJson = file.ToTokenizerJson(), Config = System.Text.Encoding.UTF8.GetBytes(config.ToJsonString(s_indented)) };

        string Piece(string role, string absent) => Id(metadata, role, tokens) is { } id ? pieces[id] : absent;
    }

    private static string TokenText(GgufMetadata metadata, GgufTexts tokens, int id)
    {
        if (!System.Text.Unicode.Utf8.IsValid(tokens.BytesOf(id)))
            throw new InvalidInputException($"Token {id} of {Prefix}tokens is not valid UTF-8.", metadata.Where, "Get the file again.");
        return tokens[id];
    }

    /// <summary>As a pair: tokens may hold blanks, the one behind the first character divides.</summary>
    private static void WriteMerge(Utf8JsonWriter json, GgufMetadata metadata, string merge, int index)
    {
        int blank = merge.Length > 1 ? merge.IndexOf(' ', 1) : -1;
        if (blank < 0 || blank == merge.Length - 1)
            throw new InvalidInputException($"Merge {index} of {Prefix}merges, {Quoted.Text(merge)}, is not two tokens with a blank between them.", metadata.Where, "Get the file again.");
        json.WriteStartArray();
        json.WriteStringValue(merge[..blank]);
        json.WriteStringValue(merge[(blank + 1)..]);
        json.WriteEndArray();
    }

    private static void WriteAddedTokens(Utf8JsonWriter json, GgufTexts tokens, GgufNumbers? types)
    {
        json.WriteStartArray("added_tokens");
        for (int id = 0; types is not null && id < tokens.Count; id++)
        {
            var kind = (PieceKind)types.Whole(id);
            if (kind is not (PieceKind.Control or PieceKind.UserDefined or PieceKind.Unknown) || tokens.BytesOf(id).IsEmpty) continue;
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", tokens[id]);
            foreach (string flag in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", kind != PieceKind.UserDefined);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static JsonObject PreTokenizer(IReadOnlyList<string> patterns)
    {
        // A single GPT-2 pattern at the end is what ByteLevel does by itself.
        bool own = patterns[^1] == Splitting.Gpt2Scanner.Instance.Pattern;
        var steps = new JsonArray();
        foreach (string pattern in own ? patterns.Take(patterns.Count - 1) : patterns)
        {
            steps.Add(new JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { ["Regex"] = pattern },
                ["behavior"] = "Isolated",
                ["invert"] = false,
            });
        }
        steps.Add(ByteLevel(own));
        return steps.Count == 1 ? ByteLevel(own) : new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = steps };
    }

    private static JsonObject ByteLevel(bool useRegex) =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = useRegex };

    private static void WritePostProcessor(Utf8JsonWriter json, GgufMetadata metadata, GgufTexts tokens)
    {
        (int Id, string Text)? bos = metadata.GetBool(Prefix + "add_bos_token", false) && Id(metadata, "bos", tokens) is { } b ? (b, tokens[b]) : null;
        (int Id, string Text)? eos = metadata.GetBool(Prefix + "add_eos_token", false) && Id(metadata, "eos", tokens) is { } e ? (e, tokens[e]) : null;
        JsonObject offsets = new() { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = false, ["use_regex"] = true };
        json.WritePropertyName("post_processor");
        if (bos is null && eos is null)
        {
            offsets.WriteTo(json);
            return;
        }
        var special = new JsonObject();
        foreach ((int id, string text) in new[] { bos, eos }.OfType<(int, string)>())
            special[text] = new JsonObject { ["id"] = text, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(text) };
        var template = new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. Around("A", 0)]),
            ["pair"] = new JsonArray([.. Around("A", 0), .. Around("B", 1)]),
            ["special_tokens"] = special,
        };
        new JsonObject { ["type"] = "Sequence", ["processors"] = new JsonArray(offsets, template) }.WriteTo(json);

        IEnumerable<JsonNode> Around(string sequence, int type)
        {
            if (bos is { } first) yield return new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = first.Text, ["type_id"] = type } };
            yield return new JsonObject { ["Sequence"] = new JsonObject { ["id"] = sequence, ["type_id"] = type } };
            if (eos is { } last) yield return new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = last.Text, ["type_id"] = type } };
        }
    }

    /// <summary>What transformers wants to know beside the vocabulary.</summary>
    private static byte[] Config(GgufMetadata metadata, GgufTexts tokens, string tokenizerClass, bool addBos)
    {
        var config = new JsonObject { ["tokenizer_class"] = tokenizerClass };
        foreach ((string role, string name) in (ReadOnlySpan<(string, string)>)[("bos", "bos_token"), ("eos", "eos_token"), ("unknown", "unk_token"), ("padding", "pad_token")])
            if (Id(metadata, role, tokens) is { } id) config[name] = tokens[id];
        config["add_bos_token"] = metadata.GetBool(Prefix + "add_bos_token", addBos);
        config["add_eos_token"] = metadata.GetBool(Prefix + "add_eos_token", false);
        config["clean_up_tokenization_spaces"] = false;
        return System.Text.Encoding.UTF8.GetBytes(config.ToJsonString(s_indented));
    }

    private static byte[]? Template(GgufMetadata metadata) =>
        metadata.GetText("tokenizer.chat_template") is { } template ? System.Text.Encoding.UTF8.GetBytes(template) : null;

    private static int? Id(GgufMetadata metadata, string role, GgufTexts tokens) => metadata.GetIntOrNull($"{Prefix}{role}_token_id", 0, tokens.Count - 1);
}
