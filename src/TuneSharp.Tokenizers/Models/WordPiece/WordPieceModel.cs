using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.WordPiece;

/// <summary>
/// WordPiece (Schuster and Nakajima, 2012; the greedy form of BERT, Devlin et al., arXiv:1810.04805): from the front of a word
/// the longest piece of the vocabulary, then the longest that continues it, and so on; a word with any part that is no piece is
/// unknown as a whole. Immutable; words of up to 120 bytes are remembered by the worker.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly WordPieceDefinition _definition;
    private readonly ByteStringTable _first;     // pieces as they are spelled
    private readonly ByteStringTable _continued; // pieces behind the prefix, without it
    private readonly int _longest;               // bytes of the longest entry of either table
    private readonly int? _unknown;

    public WordPieceModel(WordPieceDefinition definition)
    {
        _definition = definition;
        _first = new ByteStringTable(definition.Vocabulary.Count, 8 * definition.Vocabulary.Count);
        _continued = new ByteStringTable(definition.Vocabulary.Count, 8 * definition.Vocabulary.Count);
        _unknown = definition.Vocabulary.TryGetValue(definition.UnknownToken, out int unknown) ? unknown : null;
        string prefix = definition.ContinuingSubwordPrefix;
        foreach ((string token, int id) in definition.Vocabulary)
        {
            byte[] spelling = System.Text.Encoding.UTF8.GetBytes(token);
            _first.Set(spelling, id);
            _longest = Math.Max(_longest, spelling.Length);
            if (token.StartsWith(prefix, StringComparison.Ordinal)) _continued.Set(System.Text.Encoding.UTF8.GetBytes(token[prefix.Length..]), id);
        }
    }

    public void Tokenize(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination)
    {
        if (piece.Length > PieceCache.LongestPiece)
        {
            TokenizePlainly(piece, destination);
            return;
        }
        if (worker.Cache.TryGet(piece, destination)) return;
        int first = destination.Count;
        TokenizePlainly(piece, destination);
        worker.Cache.Put(piece, destination.Ids[first..], destination.Lengths[first..]);
    }

    /// <summary>As <see cref="Tokenize"/> without the memory: what it is tested against.</summary>
    public void TokenizePlainly(ReadOnlySpan<byte> word, TokenBuffer destination)
    {
        int before = destination.Count;
        bool known = CountCharacters(word) <= _definition.MaxInputCharsPerWord;
        for (int start = 0; known && start < word.Length;)
        {
            int end = Math.Min(word.Length, start + _longest), id = -1;
            while (end < word.Length && IsInsideCharacter(word[end])) end--;
            for (; end > start; end--)
            {
                if (end < word.Length && IsInsideCharacter(word[end])) continue;
                id = (start == 0 ? _first : _continued).Find(word[start..end]);
                if (id >= 0) break;
            }
            known = id >= 0;
            if (!known) break;
            destination.Add(id, end - start);
            start = end;
        }
        if (known) return;
        destination.Truncate(before);
        destination.Add(_unknown ?? throw UnknownMissing(), word.Length);
    }

    private static bool IsInsideCharacter(byte b) => (b & 0xC0) == 0x80;

    private static int CountCharacters(ReadOnlySpan<byte> word)
    {
        int count = 0;
        for (int at = 0; at < word.Length; at += Utf8.LengthOf(word[at])) count++;
        return count;
    }

    private InvalidInputException UnknownMissing() => new(
        $"The text needs the unknown token, and unk_token {Quoted.Text(_definition.UnknownToken)} is not in the vocabulary.",
        _definition.Where + ".unk_token",
        "Correct unk_token in the file, or use a tokenizer that covers the text.");
}
