using TuneSharp.Formats;
using TuneSharp.Tests.Shared;
using TuneSharp.Tokenizers.ChatTemplates;
using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.SentencePiece;
using TuneSharp.Tokenizers.Tests.SentencePiece;

namespace TuneSharp.Tokenizers.Tests.Files;

public sealed class GgufVocabularyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tunesharp-vocabulary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Llama_vocabularies_are_sentencepiece()
    {
        SentencePieceVocabulary vocabulary = SmallPieces.WithBytes("▁", "a", "b", "▁a", "ab");
        Tokenizer expected = SmallPieces.Load(vocabulary), loaded = Load(Llama(vocabulary));
        foreach (string text in (string[])["", "ab a", "<s>天", "  b"])
            foreach (bool special in (bool[])[false, true])
                loaded.EncodeIds(text, addSpecialTokens: special).ShouldBe(expected.EncodeIds(text, addSpecialTokens: special), text);
        loaded.SpecialTokens.Eos!.Text.ShouldBe("</s>");
        Load(Llama(vocabulary).Flag("tokenizer.ggml.add_bos_token", false)).EncodeIds("a", addSpecialTokens: true).Length.ShouldBe(1);
        Load(Llama(vocabulary).Flag("tokenizer.ggml.add_space_prefix", false)).Encode("a").Tokens.ShouldBe(["a"]);
        string saved = Directory.CreateDirectory(Path.Combine(_folder, "saved")).FullName;
        loaded.Save(saved);
        Tokenizer.Load(saved).EncodeIds("ab a", addSpecialTokens: true).ShouldBe(expected.EncodeIds("ab a", addSpecialTokens: true));
    }

    [Theory]
    [InlineData("gpt-2", "a1 22", new[] { "a", "1", "Ġ", "22" })]
    [InlineData("smollm", "a1 22", new[] { "a", "1", "Ġ", "2", "2" })]
    [InlineData("llama-bpe", "a1 22", new[] { "a", "1", "Ġ", "22" })]
    [InlineData("qwen2", "a1 22", new[] { "a", "1", "Ġ", "2", "2" })]
    public void Byte_level_vocabularies_split_as_their_key_says(string pre, string text, string[] tokens)
    {
        Load(Gpt2().Text("tokenizer.ggml.pre", pre)).Encode(text).Tokens.ShouldBe(tokens);
        foreach (string known in GgufPreTokenizers.Known) Load(Gpt2().Text("tokenizer.ggml.pre", known)).Decode(Load(Gpt2().Text("tokenizer.ggml.pre", known)).EncodeIds("a1 22")).ShouldBe("a1 22");
    }

    [Fact]
    public void Special_tokens_template_and_roles_come_from_the_file()
    {
        GgufBytes bytes = Gpt2().Number("tokenizer.ggml.bos_token_id", 256).Flag("tokenizer.ggml.add_bos_token", true).Text("tokenizer.chat_template", "{{ messages[0].content }}!").Text("tokenizer.chat_template.tool_use", "t");
        Tokenizer tokenizer = Load(bytes);
        tokenizer.EncodeIds("a<|end|>", addSpecialTokens: true).ShouldBe([256, tokenizer.TokenToId("a")!.Value, 256]);
        tokenizer.EncodeIds("<tool>", splitSpecialTokens: true).ShouldBe([257]); // user-defined ones are text
        tokenizer.Decode([256, 257]).ShouldBe("<tool>");
        ChatTemplate.FromFolder(Path.Combine(_folder, "v.gguf"))!.Source.ShouldBe("{{ messages[0].content }}!");
        ChatTemplate.FromFolder(Path.Combine(_folder, "v.gguf"), "tool_use")!.Source.ShouldBe("t");
        ChatTemplate.FromFolder(Path.Combine(_folder, "v.gguf"), "rag").ShouldBeNull();
        tokenizer.Save(_folder);
        Tokenizer.Load(_folder).EncodeIds("a", addSpecialTokens: true).ShouldBe(tokenizer.EncodeIds("a", addSpecialTokens: true));
        ChatTemplate.FromFolder(_folder)!.Source.ShouldBe("{{ messages[0].content }}!");
    }

    [Fact]
    public void Bert_vocabularies_mark_the_pieces_that_begin_a_word()
    {
        Tokenizer tokenizer = Load(new GgufBytes().Text("tokenizer.ggml.model", "bert").Texts("tokenizer.ggml.tokens", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁bo", "at", "▁天")
            .Number("tokenizer.ggml.unknown_token_id", 1).Number("tokenizer.ggml.seperator_token_id", 3).Number("tokenizer.ggml.padding_token_id", 0).Number("tokenizer.ggml.cls_token_id", 2).Number("tokenizer.ggml.mask_token_id", 4));
        tokenizer.Encode("Boat天气", addSpecialTokens: true).Tokens.ShouldBe(["[CLS]", "bo", "##at", "天", "[UNK]", "[SEP]"]);
        tokenizer.SpecialTokens.Pad!.Text.ShouldBe("[PAD]");
    }

    public static TheoryData<string, Func<GgufBytes>> Broken() => new()
    {
        { "tokenizer.ggml.model is missing", () => new GgufBytes() },
        { "tokenizer.ggml.model is 't5'", () => new GgufBytes().Text("tokenizer.ggml.model", "t5").Texts("tokenizer.ggml.tokens", "a") },
        { "tokenizer.ggml.tokens is missing", () => new GgufBytes().Text("tokenizer.ggml.model", "gpt2") },
        { "tokenizer.ggml.merges is missing", () => new GgufBytes().Text("tokenizer.ggml.model", "gpt2").Texts("tokenizer.ggml.tokens", "a") },
        { "tokenizer.ggml.pre is 'flubber'", () => Gpt2().Text("tokenizer.ggml.pre", "flubber") },
        { "tokenizer.ggml.token_type is a list of 1 numbers", () => new GgufBytes().Text("tokenizer.ggml.model", "gpt2").Texts("tokenizer.ggml.tokens", "a", "b").Integers("tokenizer.ggml.token_type", 1) },
        { "Merge 0", () => new GgufBytes().Text("tokenizer.ggml.model", "gpt2").Text("tokenizer.ggml.pre", "gpt-2").Texts("tokenizer.ggml.tokens", "a").Texts("tokenizer.ggml.merges", "aa") },
        { "tokenizer.ggml.scores is missing", () => new GgufBytes().Text("tokenizer.ggml.model", "llama").Texts("tokenizer.ggml.tokens", "a") },
        { "tokenizer.ggml.bos_token_id is 300", () => Gpt2().Text("tokenizer.ggml.pre", "gpt-2").Number("tokenizer.ggml.bos_token_id", 300) },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void A_defect_is_named(string named, Func<GgufBytes> make) =>
        Should.Throw<InvalidInputException>(() => Load(make())).Message.ShouldContain(named);

    private Tokenizer Load(GgufBytes bytes)
    {
        string path = Path.Combine(_folder, "v.gguf");
        bytes.WriteTo(path);
        return Tokenizer.Load(path);
    }

    private static GgufBytes Llama(SentencePieceVocabulary vocabulary) => new GgufBytes()
        .Text("tokenizer.ggml.model", "llama")
        .Texts("tokenizer.ggml.tokens", vocabulary.Pieces.Select(piece => piece.Text))
        .Singles("tokenizer.ggml.scores", vocabulary.Pieces.Select(piece => piece.Score))
        .Integers("tokenizer.ggml.token_type", vocabulary.Pieces.Select(piece => (int)piece.Kind))
        .Number("tokenizer.ggml.bos_token_id", 1).Number("tokenizer.ggml.eos_token_id", 2).Number("tokenizer.ggml.unknown_token_id", 0);

    /// <summary>The 256 bytes, a special and a user-defined token, and "22".</summary>
    private static GgufBytes Gpt2()
    {
        string[] alphabet = GgufBytes.ByteAlphabet();
        return new GgufBytes().Text("tokenizer.ggml.model", "gpt2").Texts("tokenizer.ggml.tokens", [.. alphabet, "<|end|>", "<tool>", "22"])
            .Integers("tokenizer.ggml.token_type", [.. alphabet.Select(_ => 1), 3, 4, 1]).Texts("tokenizer.ggml.merges", "2 2");
    }
}
