using TuneSharp.Tokenizers.SentencePiece;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// What ChatGLM3's own tokenizer class adds to its SentencePiece vocabulary (tokenizer_config.json: <c>"tokenizer_class":
/// "ChatGLMTokenizer"</c>): nine tokens behind the pieces, of which none is ever found in a text; [gMASK] and sop in front.
/// </summary>
internal static class ChatGlmTokens
{
    public const string TokenizerClass = "ChatGLMTokenizer";

    private static readonly string[] s_names = ["[MASK]", "[gMASK]", "[sMASK]", "sop", "eop", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"];

    /// <summary>The vocabulary's control pieces and the added tokens; structure that no text can spell.</summary>
    public static List<AddedToken> Of(SentencePieceVocabulary vocabulary)
    {
        var tokens = new List<AddedToken>();
        for (int id = 0; id < vocabulary.Pieces.Count; id++)
            if (vocabulary.Pieces[id] is { Kind: PieceKind.Control or PieceKind.Unknown } piece) tokens.Add(Token(piece.Text, id));
        for (int i = 0; i < s_names.Length; i++) tokens.Add(Token(s_names[i], vocabulary.Pieces.Count + i));
        return tokens;
    }

    /// <summary>The tokens in front of every text that stands alone.</summary>
    public static (int Id, string Token)[] Prefix(SentencePieceVocabulary vocabulary) =>
        [.. ((string[])["[gMASK]", "sop"]).Select(name => (vocabulary.Pieces.Count + Array.IndexOf(s_names, name), name))];

    private static AddedToken Token(string text, int id) => new(text, id) { IsSpecial = true, NeverInText = true };
}
