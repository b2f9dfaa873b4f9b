using TuneSharp.Formats;
using TuneSharp.Tokenizers.AddedTokens;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.Unigram;

/// <summary>
/// The unigram language model (Kudo, arXiv:1804.10959): of all ways to cut a text into pieces the one with the highest sum of scores, found
/// by dynamic programming over its bytes. A later way replaces an earlier one only if it is strictly better. A character
/// that is no piece costs the lowest score − 10, and unknown neighbours are one token (reference: tokenizers 0.23, which computes in
/// double precision). Immutable; texts of up to 120 bytes are remembered by the worker.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly UnigramDefinition _definition;
    private readonly TokenTrie _trie;
    private readonly double _unknownScore;

    public UnigramModel(UnigramDefinition definition)
    {
        _definition = definition;
        _trie = new TokenTrie([.. definition.Vocabulary.Where(piece => piece.Key.Length > 0).Select(piece => (System.Text.Encoding.UTF8.GetBytes(piece.Key), piece.Value))]);
        _unknownScore = definition.Scores.Min() - UnknownPenalty;
    }

    /// <summary>Unknown text is spelled as it stands in the text.</summary>
    public int? SpelledByText => _definition.UnknownId;

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

    /// <summary>As <see cref="Tokenize"/> without the memory.</summary>
    public void TokenizePlainly(ReadOnlySpan<byte> text, TokenBuffer destination)
    {
        var best = new Step[text.Length + 1]; // the best way to each byte
        for (int start = 0; start < text.Length;)
        {
            int length = Utf8.LengthOf(text[start]);
            bool isPiece = false;
            double score = best[start].Score;
            int node = TokenTrie.Root;
            for (int end = start; end < text.Length && _trie.TryStep(ref node, text[end]); end++)
            {
                if (_trie.TokenAt(node) is not (>= 0 and var id)) continue;
                Offer(ref best[end + 1], new Step(score + _definition.Scores[id], start, id, IsSet: true));
                isPiece |= end + 1 - start == length;
            }
            if (!isPiece) Offer(ref best[start + length], new Step(score + _unknownScore, start, _definition.UnknownId ?? throw UnknownMissing(), IsSet: true));
            start += length;
        }
        Walk(best, text, destination);

        static void Offer(ref Step known, Step other)
        {
            if (!known.IsSet || other.Score > known.Score) known = other;
        }
    }

    /// <summary>The way back from the end, turned round; unknown neighbours joined.</summary>
    private void Walk(Step[] best, ReadOnlySpan<byte> text, TokenBuffer destination)
    {
        var parts = new Stack<(int Start, int End, int Id)>();
        for (int end = text.Length; end > 0; end = best[end].Start)
        {
            Step step = best[end];
            if (step.Id == _definition.UnknownId && parts.TryPeek(out (int Start, int End, int Id) next) && next.Id == step.Id) parts.Push((step.Start, parts.Pop().End, step.Id));
            else parts.Push((step.Start, end, step.Id));
        }
        foreach ((int start, int end, int id) in parts)
        {
            if (id != _definition.UnknownId || !_definition.ByteFallback || !TryFallBack(text[start..end], destination)) destination.Add(id, end - start);
        }
    }

    private bool TryFallBack(ReadOnlySpan<byte> run, TokenBuffer destination)
    {
        int before = destination.Count;
        for (int i = 0; i < run.Length; i++)
        {
            if (!_definition.Vocabulary.TryGetValue($"<0x{run[i]:X2}>", out int id))
            {
                destination.Truncate(before);
                return false;
            }
            destination.Add(id, i == run.Length - 1 ? run.Length : 0);
        }
        return true;
    }

    private InvalidInputException UnknownMissing() => new(
        "The text needs the unknown token, and unk_id is null.", _definition.Where + ".unk_id", "Correct unk_id in the file, or use a tokenizer that covers the text.");

    /// <summary>The last piece of the best way to a place, and where it begins.</summary>
    private readonly record struct Step(double Score, int Start, int Id, bool IsSet);
}
