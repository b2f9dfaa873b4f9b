using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TuneSharp.Tokenizers.Files;

/// <summary>A BERT tokenizer as it is told by files other than tokenizer.json: its pieces in the order of their ids, and what surrounds them.</summary>
internal sealed record WordPieceFile
{
    private static readonly JsonWriterOptions s_format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required IReadOnlyList<string> Pieces { get; init; }

    public bool Lowercase { get; init; } = true;

    public bool HandleChineseCharacters { get; init; } = true;

    /// <summary>Null: as <see cref="Lowercase"/>.</summary>
    public bool? StripAccents { get; init; }

    public string Unknown { get; init; } = "[UNK]";

    public string Separator { get; init; } = "[SEP]";

    public string Pad { get; init; } = "[PAD]";

    public string Class { get; init; } = "[CLS]";

    public string Mask { get; init; } = "[MASK]";

    /// <summary>The tokenizer.json that stands for it. A text becomes [CLS] A [SEP], a pair [CLS] A [SEP] B [SEP] with type 1 from B on.</summary>
    public byte[] ToTokenizerJson()
    {
        var ids = new Dictionary<string, int>(Pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < Pieces.Count; id++) ids[Pieces[id]] = id;
        var buffer = new ArrayBufferWriter<byte>(32 * Pieces.Count);
        using var json = new Utf8JsonWriter(buffer, s_format);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WritePropertyName("added_tokens");
        AddedTokens(ids).WriteTo(json);
        json.WritePropertyName("normalizer");
        new JsonObject
        {
            ["type"] = "BertNormalizer",
            ["clean_text"] = true,
            ["handle_chinese_chars"] = HandleChineseCharacters,
            ["strip_accents"] = StripAccents,
            ["lowercase"] = Lowercase,
        }.WriteTo(json);
        json.WritePropertyName("pre_tokenizer");
        new JsonObject { ["type"] = "BertPreTokenizer" }.WriteTo(json);
        json.WritePropertyName("post_processor");
        if (Template(ids) is { } template) template.WriteTo(json);
        else json.WriteNullValue();
        json.WritePropertyName("decoder");
        new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true }.WriteTo(json);
        json.WriteStartObject("model");
        json.WriteString("type", "WordPiece");
        json.WriteString("unk_token", Unknown);
        json.WriteString("continuing_subword_prefix", "##");
        json.WriteNumber("max_input_chars_per_word", 100);
        json.WriteStartObject("vocab");
        foreach ((string piece, int id) in ids) json.WriteNumber(piece, id);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The five special tokens, in the order of their ids; one that is not among the pieces is left out.</summary>
    private JsonArray AddedTokens(Dictionary<string, int> ids)
    {
        IEnumerable<string> special = new[] { Pad, Unknown, Class, Separator, Mask }.Where(ids.ContainsKey).Distinct(StringComparer.Ordinal).OrderBy(token => ids[token]);
        return new JsonArray([.. special.Select(token => new JsonObject
        {
            ["id"] = ids[token],
            ["content"] = token,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = true,
        })]);
    }

    private JsonObject? Template(Dictionary<string, int> ids)
    {
        if (!ids.ContainsKey(Class) || !ids.ContainsKey(Separator)) return null;
        JsonNode[] single = [Special(Class, 0), Sequence("A", 0), Special(Separator, 0)];
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(single),
            ["pair"] = new JsonArray([.. single.Select(piece => piece.DeepClone()), Sequence("B", 1), Special(Separator, 1)]),
            ["special_tokens"] = new JsonObject { [Class] = Entry(Class), [Separator] = Entry(Separator) },
        };

        JsonObject Entry(string token) => new() { ["id"] = token, ["ids"] = new JsonArray(ids[token]), ["tokens"] = new JsonArray(token) };
        static JsonObject Special(string token, int type) => new() { ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type } };
        static JsonObject Sequence(string name, int type) => new() { ["Sequence"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
    }
}
