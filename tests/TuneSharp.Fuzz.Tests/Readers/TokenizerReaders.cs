using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.Training;

namespace TuneSharp.Fuzz.Readers;

internal sealed class TokenizerJsonReader : IFuzzedReader
{
    public string Name => "tokenizer.json";

    public string FileName => "tokenizer.json";

    public IReadOnlyList<byte[]> Seeds { get; } = [Trained(), .. Written.Select(System.Text.Encoding.UTF8.GetBytes)];

    public IReadOnlyList<string> Words { get; } =
    [
        "{", "}", "[", "]", "null", "true", "\"", "\"type\":\"BPE\"", "\"type\":\"ByteLevel\"", "\"type\":\"Sequence\",\"normalizers\":[", "\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a+)+b\"}", "\"Regex\":\"[\"", "\"merges\":[[\"a\",\"b\"]]",
        "\"vocab\":{\"a\":0}", "\"added_tokens\":[", "\"id\":-1", "\"id\":4294967295", "\\ud800", "\\u0000", "Ġ", "[[[[[[[[", "\"byte_fallback\":true", "\"NFKC\"", "\"single_word\":true", "(?<=a{1,9999})", "\"prepend_scheme\":\"first\"",
    ];

    private static readonly string[] Written =
    [
        """{"version":"1.0","added_tokens":[{"id":4,"content":"<e>","special":true,"lstrip":true,"rstrip":false,"normalized":false,"single_word":false}],"normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Lowercase"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"\\p{L}+|\\s+"},"behavior":"Isolated","invert":false},"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<e>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<e>":{"id":"<e>","ids":[4],"tokens":["<e>"]}}},"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},"model":{"type":"BPE","unk_token":"a","fuse_unk":true,"byte_fallback":true,"vocab":{"a":0,"b":1,"ab":2,"<0x41>":3},"merges":["a b"]}}""",
        """{"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"post_processor":null,"decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},"model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":"</w>","vocab":{"▁":0,"a":1,"▁a":2},"merges":[["▁","a"]]}}""",
    ];

    public void Read(string path) => TokenizerUse.Use(Tokenizer.Load(path));

    private static byte[] Trained()
    {
        Tokenizer tokenizer = ByteLevelBpeTrainer.Train(["the red kite flies over the hill", "小明把红色的风筝放在山坡上"], new BpeTrainerOptions { VocabularySize = 270, MinFrequency = 1, SpecialTokens = ["<end>"], EosToken = "<end>" });
        string folder = Directory.CreateTempSubdirectory("tunesharp-fuzz-").FullName;
        try
        {
            tokenizer.Save(folder);
            return File.ReadAllBytes(Path.Combine(folder, "tokenizer.json"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

internal sealed class TokenizerModelReader : IFuzzedReader
{
    public string Name => "tokenizer.model";

    public string FileName => "tokenizer.model";

    public IReadOnlyList<byte[]> Seeds { get; } = [Model(bytes: true), Model(bytes: false)];

    public IReadOnlyList<string> Words { get; } = ["▁", "<s>", "</s>", "<unk>", "<0x41>", "\u0012\u0002\u0018\u0002", "\n\u0003\n\u0001a", "\u007F", "\u0015\0\0\u0080\u007F"];

    public void Read(string path) => TokenizerUse.Use(Tokenizer.Load(path));

    /// <summary>A ModelProto of a few pieces: 1 piece (1 text, 2 score, 3 kind), 2 trainer (3 kind of model, 35 byte fallback), 3 normalizer (3, 4, 5 rules for blanks).</summary>
    private static byte[] Model(bool bytes)
    {
        (string Text, float Score, int Kind)[] pieces = [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), .. bytes ? Enumerable.Range(0, 256).Select(b => ($"<0x{b:X2}>", 0f, 6)) : [], ("▁", -5, 1), ("a", -6, 1), ("b", -7, 1), ("▁a", -1, 1), ("ab", -2, 1)];
        var file = new List<byte>();
        foreach ((string text, float score, int kind) in pieces) Message(file, 1, [.. Field(1, System.Text.Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, (byte)kind]);
        Message(file, 2, [0x18, 2, 0x98, 0x02, bytes ? (byte)1 : (byte)0, 0xC0, 0x02, 0, 0xC8, 0x02, 1, 0xD0, 0x02, 2]);
        Message(file, 3, [.. Field(1, "identity"u8.ToArray()), 0x18, 1, 0x20, 0, 0x28, 1]);
        return [.. file];
    }

    private static void Message(List<byte> file, int field, byte[] content) => file.AddRange(Field(field, content));

    private static byte[] Field(int field, byte[] content) => [(byte)(field << 3 | 2), .. content.Length < 128 ? [(byte)content.Length] : (byte[])[(byte)(content.Length & 127 | 128), (byte)(content.Length >> 7)], .. content];
}

/// <summary>What a program does with a tokenizer that it could load.</summary>
internal static class TokenizerUse
{
    public static void Use(Tokenizer tokenizer)
    {
        int[] ids = tokenizer.EncodeIds("The red kite. ab AB <end><e> 天气\n\n  a\u0301 🙂 123", addSpecialTokens: true);
        tokenizer.Decode(ids);
        StreamingDecoder decoder = tokenizer.CreateStreamingDecoder();
        foreach (int id in ids)
        {
            decoder.Push(id);
            tokenizer.BytesOf(id);
        }
        decoder.Finish();
        tokenizer.Encode("ab " + new string('a', 300));
    }
}
