using TuneSharp.Tokenizers.Files;
using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Tests.SentencePiece;

/// <summary>Small SentencePiece vocabularies.</summary>
internal static class SmallPieces
{
    /// <summary>unk, s, /s, the 256 bytes, then the given pieces; scores fall in their order.</summary>
    public static SentencePieceVocabulary WithBytes(params string[] pieces) => new()
    {
        ByteFallback = true,
        BosId = 1,
        EosId = 2,
        Pieces =
        [
            new("<unk>", 0, PieceKind.Unknown), new("<s>", 0, PieceKind.Control), new("</s>", 0, PieceKind.Control),
            .. Enumerable.Range(0, 256).Select(b => new VocabularyPiece(SentencePieceVocabulary.ByteText((byte)b), 0, PieceKind.Byte)),
            .. pieces.Select((text, i) => new VocabularyPiece(text, -i, PieceKind.Normal)),
        ],
    };

    public static Tokenizer Load(SentencePieceVocabulary vocabulary, string? config = null) => Tokenizer.Parse(new TokenizerFiles
    {
        Where = "tokenizer.model",
        SentencePiece = SentencePieceFile.Write(vocabulary),
        Config = config is null ? null : System.Text.Encoding.UTF8.GetBytes(config),
    });

    public static string[] Tokens(Tokenizer tokenizer, string text) => tokenizer.Encode(text, splitSpecialTokens: true).Tokens;
}
