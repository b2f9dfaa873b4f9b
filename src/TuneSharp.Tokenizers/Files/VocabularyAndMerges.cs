using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Splitting;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// A byte-level BPE as <c>vocab.json</c> and <c>merges.txt</c> (GPT-2, Qwen2), turned into the tokenizer.json that stands for it.
/// What the two files do not say follows from <c>tokenizer_class</c> of tokenizer_config.json; without one it is GPT-2's.
/// </summary>
internal static class VocabularyAndMerges
{
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";

    private const string EndOfText = "<|endoftext|>";

    /// <summary>Whether a folder holds the two files.</summary>
    public static bool AreIn(string folder) => File.Exists(Path.Combine(folder, VocabularyName)) && File.Exists(Path.Combine(folder, MergesName));

    public static byte[] ToTokenizerJson(string folder)
    {
        string vocabularyPath = Path.Combine(folder, VocabularyName);
        string configPath = Path.Combine(folder, TokenizerFiles.ConfigName);
        byte[] vocabulary = JsonFile.ReadBytes(vocabularyPath);
        using JsonDocument vocabularyJson = JsonFile.Parse(vocabulary, vocabularyPath, allowDuplicates: true);
        if (vocabularyJson.RootElement.ValueKind != JsonValueKind.Object) throw new JsonField(vocabularyJson.RootElement, vocabularyPath).Wrong("an object that gives each token its id");
        using JsonDocument? config = File.Exists(configPath) ? JsonFile.Parse(JsonFile.ReadBytes(configPath), configPath) : null;
        JsonField? settings = config is null ? null : new JsonField(config.RootElement, configPath);

        var buffer = new ArrayBufferWriter<byte>(vocabulary.Length * 2);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WritePropertyName("added_tokens");
        AddedTokens(settings, vocabularyJson.RootElement).WriteTo(json);
        WriteSplitting(json, settings);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WritePropertyName("vocab");
        vocabularyJson.RootElement.WriteTo(json);
        WriteMerges(json, Path.Combine(folder, MergesName));
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSplitting(Utf8JsonWriter json, JsonField? settings)
    {
        string name = settings?["tokenizer_class"].TextOrNull() ?? "GPT2Tokenizer";
        bool prefix = settings?["add_prefix_space"].Flag(false) ?? false;
        bool qwen = name is "Qwen2Tokenizer" or "Qwen2TokenizerFast";
        if (!qwen && name is not ("GPT2Tokenizer" or "GPT2TokenizerFast"))
            throw new InvalidInputException(
                $"The files vocab.json and merges.txt do not tell how a tokenizer of class {Quoted.Text(name)} splits text.", settings?["tokenizer_class"].Where,
                "Put the model's tokenizer.json into the folder.");
        JsonObject byteLevel = new() { ["type"] = "ByteLevel", ["add_prefix_space"] = prefix, ["trim_offsets"] = true, ["use_regex"] = !qwen };
        JsonObject split = new()
        {
            ["type"] = "Split",
            ["pattern"] = new JsonObject { ["Regex"] = Qwen2Scanner.Qwen2.Pattern },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        };
        Write("normalizer", qwen ? new JsonObject { ["type"] = "NFC" } : null);
        Write("pre_tokenizer", qwen ? new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(split, byteLevel.DeepClone()) } : byteLevel.DeepClone());
        Write("post_processor", null);
        Write("decoder", byteLevel);

        void Write(string field, JsonNode? node)
        {
            json.WritePropertyName(field);
            if (node is null) json.WriteNullValue();
            else node.WriteTo(json);
        }
    }

    /// <summary>From <c>added_tokens_decoder</c>; without it, the end of text that these vocabularies have.</summary>
    private static JsonArray AddedTokens(JsonField? settings, JsonElement vocabulary)
    {
        var tokens = new JsonArray();
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
                tokens.Add(added);
            }
        }
        else if (vocabulary.TryGetProperty(EndOfText, out JsonElement id) && id.ValueKind == JsonValueKind.Number)
        {
            tokens.Add(new JsonObject { ["id"] = JsonValue.Create(id.Clone()), ["content"] = EndOfText, ["special"] = true, ["normalized"] = false });
        }
        return tokens;
    }

    private static void WriteMerges(Utf8JsonWriter json, string path)
    {
        byte[] bytes = JsonFile.ReadBytes(path);
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) throw new InvalidInputException("The file is not valid UTF-8 text.", path, "Get the file again.");
        json.WriteStartArray("merges");
        int number = 0;
        foreach (string line in System.Text.Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            number++;
            string merge = line.TrimEnd('\r');
            if (merge.Length == 0 || (number == 1 && merge.StartsWith("#version", StringComparison.Ordinal))) continue;
            if (merge.Count(c => c == ' ') != 1)
                throw new InvalidInputException($"The merge {Quoted.Text(merge)} is not two tokens with one blank between them.", $"{path}, line {number}", "Get the file again.");
            json.WriteStringValue(merge);
        }
        json.WriteEndArray();
    }
}
