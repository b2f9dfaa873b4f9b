using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.Files;

namespace TuneSharp.Tokenizers.Tests.Files;

/// <summary>Small tokenizer.json files of our own, and parsing of a text as one.</summary>
internal static class SampleJson
{
    public static Tokenizer Parse(string json) => Parse(System.Text.Encoding.UTF8.GetBytes(json));

    public static Tokenizer Parse(byte[] json) => Tokenizer.Parse(new TokenizerFiles { Where = "tokenizer.json", TokenizerJson = json });

    /// <summary>Characters a–d, merges to abcd, with a special token.</summary>
    public static JsonObject Small() => JsonNode.Parse("""
        {
          "version": "1.0",
          "added_tokens": [{"id": 0, "content": "<s>", "special": true, "normalized": false}],
          "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": null,
          "model": {
            "type": "BPE", "unk_token": "<unk>",
            "vocab": {"<s>": 0, "<unk>": 1, "a": 2, "b": 3, "c": 4, "d": 5, "ab": 6, "cd": 7, "abcd": 8},
            "merges": ["a b", ["c", "d"], ["ab", "cd"]]
          }
        }
        """)!.AsObject();

    /// <summary>In SentencePiece's style: sign for blanks, byte fallback, BOS.</summary>
    public static JsonObject SentencePieceStyle()
    {
        var vocabulary = new JsonObject { ["<unk>"] = 0, ["<s>"] = 1, ["</s>"] = 2 };
        for (int b = 0; b < 256; b++) vocabulary[$"<0x{b:X2}>"] = 3 + b;
        string[] tokens = ["▁", "a", "b", "c", "h", "e", "l", "o", "中", "文", "▁a", "▁b", "ab", "he", "ll", "llo", "hello", "▁hello", "中文", "▁▁", "▁▁▁▁"];
        foreach (string token in tokens) vocabulary[token] = vocabulary.Count;
        string[] merges = ["h e", "l l", "ll o", "he llo", "▁ hello", "▁ a", "a b", "▁ b", "中 文", "▁ ▁", "▁▁ ▁▁"];
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(Added(0, "<unk>"), Added(1, "<s>"), Added(2, "</s>")),
            ["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}"""),
            ["post_processor"] = JsonNode.Parse("""
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                 "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<s>","type_id":1}},{"Sequence":{"id":"B","type_id":1}}],
                 "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}
                """),
            ["decoder"] = JsonNode.Parse("""
                {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
                """),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    private static JsonObject Added(int id, string content) => new() { ["id"] = id, ["content"] = content, ["special"] = true, ["normalized"] = false };
}
