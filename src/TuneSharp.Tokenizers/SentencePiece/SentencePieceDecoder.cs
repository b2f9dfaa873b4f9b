using System.Buffers;
using System.Text;
using TuneSharp.Tokenizers.Decoding;

namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>
/// Pieces to text: ▁ is a blank, the one in front of everything goes, runs of byte pieces are read as UTF-8 character by
/// character (each byte that belongs to none becomes U+FFFD), the unknown piece has a surface of its own (reference:
/// sentencepiece_processor.cc, 0.2).
/// </summary>
internal sealed class SentencePieceDecoder(SentencePieceVocabulary vocabulary) : TokenDecoder
{
    private readonly string _unknown = vocabulary.Pieces[vocabulary.UnknownId].Text;
    private readonly bool _dropsFirstBlank = vocabulary.AddDummyPrefix || vocabulary.RemoveExtraWhitespaces;

    public override bool JoinsByteTokens => vocabulary.ByteFallback;

    public override byte[]? BytesOf(string token) => vocabulary.ByteFallback && SentencePieceVocabulary.ByteOf(token) is { } value ? [value] : null;

    public override List<string> Apply(List<string> tokens)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        bool atFront = true, blankDropped = false;
        foreach (string token in tokens)
        {
            if (vocabulary.ByteFallback && SentencePieceVocabulary.ByteOf(token) is { } value)
            {
                bytes.Add(value);
                continue;
            }
            Flush(bytes, text);
            if (blankDropped || text.Length > 0) atFront = false;
            if (token == _unknown)
            {
                text.Append(vocabulary.UnknownSurface);
                blankDropped = false;
                continue;
            }
            ReadOnlySpan<char> piece = token;
            blankDropped = false;
            if (atFront && _dropsFirstBlank && piece.StartsWith("▁"))
            {
                piece = piece[1..];
                blankDropped = !vocabulary.RemoveExtraWhitespaces; // otherwise all blanks in front go
            }
            text.Append(piece).Replace('▁', ' ', text.Length - piece.Length, piece.Length);
        }
        Flush(bytes, text);
        return [text.ToString()];
    }

    private static void Flush(List<byte> bytes, StringBuilder text)
    {
        if (bytes.Count == 0) return;
        ReadOnlySpan<byte> left = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes);
        while (!left.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(left, out Rune rune, out int consumed) == OperationStatus.Done) text.Append(rune.ToString());
            else
            {
                text.Append('\uFFFD');
                consumed = 1;
            }
            left = left[consumed..];
        }
        bytes.Clear();
    }
}
