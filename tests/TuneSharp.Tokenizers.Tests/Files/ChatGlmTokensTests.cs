using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.SentencePiece;
using TuneSharp.Tokenizers.Tests.SentencePiece;

namespace TuneSharp.Tokenizers.Tests.Files;

public sealed class ChatGlmTokensTests
{
    private static readonly SentencePieceVocabulary s_vocabulary = SmallPieces.WithBytes("▁", "a", "b", "▁a", "ab");

    private static Tokenizer Load(string config) => Tokenizer.Parse(new TokenizerFiles
    {
        Where = "folder/tokenizer.model",
        SentencePiece = SentencePieceFile.Write(s_vocabulary),
        Config = System.Text.Encoding.UTF8.GetBytes(config),
    });

    [Fact]
    public void Encode_ChatGlm_PutsItsPrefixInFrontAndFindsNoTokenInTexts()
    {
        Tokenizer tokenizer = Load("""{"tokenizer_class": "ChatGLMTokenizer"}""");
        int count = s_vocabulary.Pieces.Count;
        tokenizer.VocabularySize.ShouldBe(count + 9);
        tokenizer.TokenToId("[gMASK]").ShouldBe(count + 1);
        tokenizer.TokenToId("<|observation|>").ShouldBe(count + 8);
        tokenizer.EncodeIds("ab", addSpecialTokens: true).ShouldBe([count + 1, count + 3, .. tokenizer.EncodeIds("ab")]);
        foreach (string spelled in (string[])["<|user|>", "[gMASK]", "</s>"])
            tokenizer.EncodeIds(spelled).ShouldNotContain(tokenizer.TokenToId(spelled)!.Value);
        (tokenizer.SpecialTokens.Bos, tokenizer.SpecialTokens.Eos!.Text, tokenizer.SpecialTokens.Pad!.Text).ShouldBe((null, "</s>", "<unk>"));
    }

    [Fact]
    public void Encode_OtherClasses_FindControlPieces()
    {
        Tokenizer tokenizer = Load("""{"tokenizer_class": "LlamaTokenizer"}""");
        tokenizer.EncodeIds("</s>").ShouldContain(tokenizer.TokenToId("</s>")!.Value);
        tokenizer.TokenToId("[gMASK]").ShouldBeNull();
    }
}
