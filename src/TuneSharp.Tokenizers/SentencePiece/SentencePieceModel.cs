using TuneSharp.Tokenizers.AddedTokens;
using TuneSharp.Tokenizers.Models;
using TuneSharp.Tokenizers.Models.Bpe;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>A SentencePiece vocabulary as the model of a pipeline.</summary>
internal sealed record SentencePieceDefinition : ModelDefinition
{
    public required SentencePieceVocabulary Pieces { get; init; }

    public override ITokenModel Build(PieceForm form) => new SentencePieceModel(Pieces);

    public override IEnumerable<string> FindWarnings(ITokenModel model) => [];
}

/// <summary>
/// SentencePiece's BPE (Kudo and Richardson, arXiv:1808.06226; reference: bpe_model.cc, 0.2): of all neighbours that are a piece
/// together the one with the highest score is joined, the leftmost among equals. User-defined pieces are found first and
/// stay whole. The text is cut where no piece can reach across, and short parts are remembered: both give the same ids.
/// </summary>
internal sealed class SentencePieceModel : ITokenModel
{
    private readonly SentencePieceVocabulary _vocabulary;
    private readonly ByteStringTable _pieces;   // what merges can make
    private readonly ByteStringTable _reserved; // control, unknown and byte pieces
    private readonly int[] _ranks;              // of the scores, highest first
    private readonly int[] _bytes = new int[256];
    private readonly TokenTrie _userDefined;
    private readonly bool _hasUnused;
    private readonly int _longest;
    private readonly ExactCuts? _cuts;

    public SentencePieceModel(SentencePieceVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _pieces = new ByteStringTable(vocabulary.Pieces.Count, 8 * vocabulary.Pieces.Count);
        _reserved = new ByteStringTable(512, 4096);
        for (int id = 0; id < vocabulary.Pieces.Count; id++)
        {
            VocabularyPiece piece = vocabulary.Pieces[id];
            byte[] text = System.Text.Encoding.UTF8.GetBytes(piece.Text);
            bool joined = piece.Kind is PieceKind.Normal or PieceKind.UserDefined or PieceKind.Unused;
            (joined ? _pieces : _reserved).Set(text, id);
            if (joined) _longest = Math.Max(_longest, text.Length);
            if (piece.Kind == PieceKind.Unused) _hasUnused = true;
            if (piece.Kind == PieceKind.Byte && SentencePieceVocabulary.ByteOf(piece.Text) is { } value) _bytes[value] = id;
        }
        _ranks = Ranks(vocabulary.Pieces);
        _userDefined = UserDefinedPieces.Find(vocabulary);

        // Without byte pieces unknown neighbours become one token; unused pieces are split by what the whole text tried.
        if (vocabulary.ByteFallback && !_hasUnused)
            _cuts = ExactCuts.Between(vocabulary.Pieces.Where(piece => piece.Kind is PieceKind.Normal or PieceKind.UserDefined).Select(piece => piece.Text));
    }

    public void Tokenize(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination)
    {
        if (_cuts is null)
        {
            Merge(piece, new PieceMerging(this), destination);
            return;
        }
        PieceMerging? merging = null;
        for (int start = 0; start < piece.Length;)
        {
            int end = _cuts.PartEnd(piece, start);
            ReadOnlySpan<byte> part = piece[start..end];
            start = end;
            if (part.Length <= PieceCache.LongestPiece)
            {
                if (worker.Cache.TryGet(part, destination)) continue;
                int first = destination.Count;
                Merge(part, merging ??= new PieceMerging(this), destination);
                worker.Cache.Put(part, destination.Ids[first..], destination.Lengths[first..]);
            }
            else
            {
                Merge(part, merging ??= new PieceMerging(this), destination);
            }
        }
    }

    /// <summary>As <see cref="Tokenize"/> by the merges alone, without cuts and memory: what the shortcuts are tested against.</summary>
    public void TokenizePlainly(ReadOnlySpan<byte> piece, TokenBuffer destination) => Merge(piece, new PieceMerging(this), destination);

    /// <summary>Id of a joined text; −1 if no piece.</summary>
    public int Find(ReadOnlySpan<byte> text) => text.Length <= _longest ? _pieces.Find(text) : -1;

    /// <summary>Place of a piece's score among all scores: 0 for the highest.</summary>
    public int RankOf(int id) => _ranks[id];

    public bool IsUnused(int id) => _vocabulary.Pieces[id].Kind == PieceKind.Unused;

    /// <summary>Bytes of the user-defined piece or the character that begins at <paramref name="at"/>.</summary>
    public int SymbolLength(ReadOnlySpan<byte> text, int at, out bool isWhole)
    {
        int length = _userDefined.IsEmpty ? 0 : _userDefined.LongestAt(text, at);
        isWhole = length > 0;
        return isWhole ? length : Utf8.LengthOf(text[at]);
    }

    private void Merge(ReadOnlySpan<byte> text, PieceMerging merging, TokenBuffer destination)
    {
        merging.Run(text);
        bool afterUnknown = false;
        int unknownLength = 0;
        foreach ((int start, int length) in merging.Symbols)
        {
            ReadOnlySpan<byte> symbol = text.Slice(start, length);
            int id = _reserved.Find(symbol) is >= 0 and int reserved ? reserved : Find(symbol);
            bool unknown = id < 0 || id == _vocabulary.UnknownId;
            if (unknown && _vocabulary.ByteFallback)
            {
                for (int i = 0; i < length; i++) destination.Add(_bytes[symbol[i]], i == length - 1 ? length : 0);
                afterUnknown = false;
                continue;
            }
            if (unknown)
            {
                unknownLength += length;
                afterUnknown = true;
                continue;
            }
            EndUnknown();
            destination.Add(id, length);
        }
        EndUnknown();

        void EndUnknown()
        {
            if (afterUnknown) destination.Add(_vocabulary.UnknownId, unknownLength);
            afterUnknown = false;
            unknownLength = 0;
        }
    }

    private static int[] Ranks(IReadOnlyList<VocabularyPiece> pieces)
    {
        float[] scores = [.. pieces.Select(piece => piece.Score).Distinct().OrderDescending()];
        var rankOf = new Dictionary<float, int>(scores.Length);
        for (int rank = 0; rank < scores.Length; rank++) rankOf[scores[rank]] = rank;
        return [.. pieces.Select(piece => rankOf[piece.Score])];
    }
}
