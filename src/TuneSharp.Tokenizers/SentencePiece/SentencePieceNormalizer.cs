using TuneSharp.Tokenizers.AddedTokens;
using TuneSharp.Tokenizers.Normalization;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>
/// What SentencePiece does to a text before it is cut: blanks become ▁, superfluous ones go, one is put in front. A token's
/// place begins where its first byte came from and ends where the next one's begins (reference: normalizer.cc, 0.2).
/// </summary>
internal sealed class SentencePieceNormalizer : Normalizer
{
    private const byte Blank = (byte)' ';
    private static readonly byte[] Sign = "▁"u8.ToArray();

    private readonly SentencePieceVocabulary _vocabulary;
    private readonly TokenTrie _userDefined;

    public SentencePieceNormalizer(SentencePieceVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _userDefined = UserDefinedPieces.Find(vocabulary);
    }

    public override AlignedText Apply(AlignedText text)
    {
        ReadOnlySpan<byte> source = text.Bytes;
        byte[] blank = _vocabulary.EscapeWhitespaces ? Sign : [Blank];
        int at = 0;
        if (_vocabulary.RemoveExtraWhitespaces)
            while (at < source.Length && source[at] == Blank && LengthOfUserDefined(source, at) == 0) at++;
        if (at == source.Length) return AlignedText.Create([], 0, text.Budget, text.Tracked, text.Origin, [], []);

        var result = new Builder(text);
        if (_vocabulary is { AddDummyPrefix: true, WhitespaceAsSuffix: false }) result.Append(blank, at);
        bool afterBlank = _vocabulary.RemoveExtraWhitespaces;
        while (at < source.Length)
        {
            int length = LengthOfUserDefined(source, at);
            if (length == 0) length = Utf8.LengthOf(source[at]);
            ReadOnlySpan<byte> unit = source.Slice(at, length);
            while (afterBlank && unit.Length > 0 && unit[0] == Blank) unit = unit[1..];
            if (unit.Length > 0)
            {
                if (_vocabulary.EscapeWhitespaces && unit.Contains(Blank))
                    foreach (byte b in unit) result.Append(b == Blank ? blank : [b], at);
                else result.Append(unit, at);
                afterBlank = unit[^1] == Blank;
            }
            at += length;
            if (!_vocabulary.RemoveExtraWhitespaces) afterBlank = false;
        }
        if (_vocabulary.RemoveExtraWhitespaces) at = result.TrimEnd(blank, at);
        if (_vocabulary is { AddDummyPrefix: true, WhitespaceAsSuffix: true }) result.Append(blank, at);
        return result.ToText(at);
    }

    private int LengthOfUserDefined(ReadOnlySpan<byte> source, int at) => _userDefined.IsEmpty ? 0 : _userDefined.LongestAt(source, at);

    /// <summary>The new text and, for each byte, where in the old text what it stands for begins.</summary>
    private sealed class Builder(AlignedText from)
    {
        private byte[] _bytes = new byte[from.Length + (from.Length / 2) + 16];
        private int[] _places = new int[from.Tracked ? from.Length + (from.Length / 2) + 16 : 0];
        private int _length;

        public void Append(ReadOnlySpan<byte> bytes, int place)
        {
            if (_length + bytes.Length > _bytes.Length)
            {
                int size = Math.Max(2 * _bytes.Length, _length + bytes.Length);
                Array.Resize(ref _bytes, size);
                if (from.Tracked) Array.Resize(ref _places, size);
            }
            bytes.CopyTo(_bytes.AsSpan(_length));
            if (from.Tracked) _places.AsSpan(_length, bytes.Length).Fill(place);
            _length += bytes.Length;
        }

        /// <summary>Takes blanks off the end; returns where the text ends in the old one.</summary>
        public int TrimEnd(ReadOnlySpan<byte> blank, int end)
        {
            while (_bytes.AsSpan(0, _length).EndsWith(blank))
            {
                _length -= blank.Length;
                if (from.Tracked) end = _places[_length];
            }
            return end;
        }

        public AlignedText ToText(int end)
        {
            if (!from.Tracked) return AlignedText.Create(_bytes, _length, from.Budget, tracked: false, from.Origin, null, null);
            int[] starts = new int[_length], ends = new int[_length];
            for (int i = 0; i < _length; i++)
            {
                starts[i] = from.Origin + _places[i];
                ends[i] = from.Origin + (i + 1 < _length ? _places[i + 1] : end);
            }
            return AlignedText.Create(_bytes, _length, from.Budget, tracked: true, from.Origin, starts, ends);
        }
    }
}
