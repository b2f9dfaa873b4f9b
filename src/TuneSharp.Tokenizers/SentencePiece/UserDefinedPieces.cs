using TuneSharp.Tokenizers.AddedTokens;

namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>The pieces that are found as a whole before anything else.</summary>
internal static class UserDefinedPieces
{
    public static TokenTrie Find(SentencePieceVocabulary vocabulary)
    {
        var entries = new List<(byte[], int)>();
        for (int id = 0; id < vocabulary.Pieces.Count; id++)
            if (vocabulary.Pieces[id].Kind == PieceKind.UserDefined) entries.Add((System.Text.Encoding.UTF8.GetBytes(vocabulary.Pieces[id].Text), id));
        return new TokenTrie(entries);
    }
}
