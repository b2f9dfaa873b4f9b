using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using TuneSharp.Tokenizers.Training;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Writes a trained byte-level BPE as tokenizer.json and tokenizer_config.json.</summary>
internal static class ByteLevelBpeFile
{
    private static readonly JsonWriterOptions s_format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TokenizerFiles Write(TokenList tokens, List<(string Left, string Right)> merges, BpeTrainerOptions options) => new()
    {
        Where = TokenizerFiles.TokenizerJsonName,
        TokenizerJson = WriteJson(json => WriteTokenizer(json, tokens, merges, options)),
        Config = WriteJson(json => WriteConfig(json, options)),
    };

    private static byte[] WriteJson(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_format)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTokenizer(Utf8JsonWriter json, TokenList tokens, List<(string Left, string Right)> merges, BpeTrainerOptions options)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < options.SpecialTokens.Count; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", options.SpecialTokens[id]);
            foreach (string flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WritePreTokenizer(json, options.Split);
        json.WriteNull("post_processor");
        WriteByteLevel(json, "decoder", addPrefixSpace: true, useRegex: true);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string absent in new[] { "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix" }) json.WriteNull(absent);
        foreach (string flag in new[] { "fuse_unk", "byte_fallback", "ignore_merges" }) json.WriteBoolean(flag, false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < tokens.Count; id++) json.WriteNumber(tokens[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, ByteLevelSplit split)
    {
        if (split == ByteLevelSplit.Gpt2)
        {
            WriteByteLevel(json, "pre_tokenizer", addPrefixSpace: false, useRegex: true);
            return;
        }
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", ByteLevelBpeTrainer.ScannerFor(split).Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, null, addPrefixSpace: false, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool addPrefixSpace, bool useRegex)
    {
        if (name is null) json.WriteStartObject();
        else json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteConfig(Utf8JsonWriter json, BpeTrainerOptions options)
    {
        json.WriteStartObject();
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
        Write("bos_token", options.BosToken);
        Write("eos_token", options.EosToken);
        Write("pad_token", options.PadToken);
        Write("unk_token", options.UnkToken);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        Write("chat_template", options.ChatTemplate);
        json.WriteEndObject();

        void Write(string name, string? text)
        {
            if (text is not null) json.WriteString(name, text);
        }
    }
}
