using TuneSharp.Formats.Gguf;
using TuneSharp.Tests.Shared;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Fuzz.Readers;

internal sealed class GgufReader : IFuzzedReader
{
    public string Name => "gguf";

    public string FileName => "model.gguf";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        new GgufBytes().Text("general.architecture", "llama").Number("general.alignment", 32).Single("eps", 1e-5f).Flag("f", true).Integers("types", 1, 2, 3)
            .Raw("nested", 9, [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1ul), .. BitConverter.GetBytes(0u), .. BitConverter.GetBytes(2ul), 7, 8])
            .Floats("t0", [2, 3], [1, 2, 3, 4, 5, 6]).Tensor("t1", GgmlType.Q4_0, [1, 32], new byte[18]).Tensor("t2", GgmlType.F16, [4], new byte[8]).Tensor("t3", GgmlType.Q6_K, [1, 256], new byte[210]).ToArray(),
        new GgufBytes().Text("tokenizer.ggml.model", "gpt2").Text("tokenizer.ggml.pre", "gpt-2").Texts("tokenizer.ggml.tokens", [.. GgufBytes.ByteAlphabet(), "ab", "abc", "<|end|>"]).Texts("tokenizer.ggml.merges", "a b", "ab c")
            .Integers("tokenizer.ggml.token_type", Enumerable.Range(0, 259).Select(i => i == 258 ? 3 : 1)).Number("tokenizer.ggml.bos_token_id", 258).Text("tokenizer.chat_template", "{{ messages[0].content }}").ToArray(),
        new GgufBytes().Text("tokenizer.ggml.model", "llama").Texts("tokenizer.ggml.tokens", "<unk>", "<s>", "</s>", "▁", "a", "b", "▁a", "ab").Singles("tokenizer.ggml.scores", 0, 0, 0, -3, -4, -5, -1, -2)
            .Integers("tokenizer.ggml.token_type", 2, 3, 3, 1, 1, 1, 1, 1).Number("tokenizer.ggml.bos_token_id", 1).Number("tokenizer.ggml.eos_token_id", 2).Number("tokenizer.ggml.unknown_token_id", 0).ToArray(),
    ];

    public IReadOnlyList<string> Words { get; } = ["GGUF", "llama", "gpt2", "tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.scores", "tokenizer.chat_template", "general.alignment", "\0\0\0\0", "\u0001\0\0\0\0\0\0\0", "a b", "<0x00>", "▁"];

    public void Read(string path)
    {
        bool hasVocabulary;
        using (GgufFile file = GgufFile.Open(path))
        {
            file.CheckTypes();
            // Tensors that say that they are large lie in files that are: this one is small.
            foreach (GgufTensor tensor in file.Tensors.Values) file.ReadFloat32(tensor);
            foreach (GgufValue value in file.Metadata.Values.Values) GgufMetadata.Shown(value);
            hasVocabulary = file.Metadata.Has("tokenizer.ggml.model");
        }
        if (!hasVocabulary) return;
        Tokenizer tokenizer = Tokenizer.Load(path);
        tokenizer.Decode(tokenizer.EncodeIds("abc ab <|end|> 天", addSpecialTokens: true));
        ChatTemplate.FromFolder(path);
    }
}
