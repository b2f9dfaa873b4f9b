using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Byte-pair encoding of one piece of text. Immutable; the scratch memory comes with each call (<see cref="BpeWorker"/>).
/// The order of steps is that of the Rust library, with shortcuts that give the same ids: a piece is cut where no merge can
/// reach across, a part that is a token and merges to itself is taken at once, and short parts are remembered.
/// </summary>
internal sealed class BpeModel : ITokenModel
{
    private const int NoToken = -1;

    private readonly BpeDefinition _definition;
    private readonly PieceForm _form;
    private readonly ByteStringTable _tokens;
    private readonly MergeTable _merges;
    private readonly int[] _single = new int[256];       // first symbol of a byte (Bytes) or an ASCII character (Characters)
    private readonly int[]? _fallback;                   // byte → <0x..>
    private readonly int _unknown;
    private readonly byte[] _canonical;                  // 0: not asked yet, 1: merges to itself, 2: does not
    private readonly bool _affixes;
    private readonly ExactCuts? _cuts;

    public BpeModel(BpeDefinition definition, PieceForm form)
    {
        _definition = definition;
        _form = form;
        _merges = BpeMerges.Resolve(definition);
        _tokens = BpeKeys.Create(definition.Vocabulary, form);
        _affixes = definition.ContinuingSubwordPrefix.Length + definition.EndOfWordSuffix.Length > 0;
        _cuts = form == PieceForm.Characters ? ExactCuts.For(definition) : null;
        _canonical = new byte[definition.HighestId + 1];
        _unknown = definition.UnknownToken is { } unknown && definition.Vocabulary.TryGetValue(unknown, out int id) ? id : NoToken;
        for (int b = 0; b < 256; b++) _single[b] = form == PieceForm.Bytes || b < 128 ? _tokens.Find([(byte)b]) : NoToken;
        if (definition.ByteFallback)
        {
            _fallback = new int[256];
            for (int b = 0; b < 256; b++)
                _fallback[b] = definition.Vocabulary.TryGetValue($"<0x{b:X2}>", out int token) ? token : NoToken;
        }
    }

    /// <summary>Merges of different pairs.</summary>
    public int NumDistinctMerges => _merges.Count;

    /// <summary>Appends the tokens of <paramref name="piece"/>.</summary>
    public void Tokenize(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination)
    {
        if (_cuts is null)
        {
            TokenizePart(piece, worker, destination);
            return;
        }
        for (int start = 0; start < piece.Length;)
        {
            int end = _cuts.PartEnd(piece, start);
            TokenizePart(piece[start..end], worker, destination);
            start = end;
        }
    }

    private void TokenizePart(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination)
    {
        if (piece.Length == 1 && !_affixes && _single[piece[0]] >= 0)
        {
            destination.Add(_single[piece[0]], 1);
            return;
        }
        if (piece.Length > PieceCache.LongestPiece)
        {
            if (_definition.IgnoreMerges && _tokens.Find(piece) is >= 0 and int whole) destination.Add(whole, piece.Length);
            else Merge(piece, worker.Loop, destination);
            return;
        }
        if (worker.Cache.TryGet(piece, destination)) return;
        int token = _tokens.Find(piece);
        if (token >= 0 && IsCanonical(token, piece, worker.Loop))
        {
            destination.Add(token, piece.Length);
            worker.Cache.Put(piece, [token], [piece.Length]);
            return;
        }
        Merge(piece, worker.Loop, destination);
        worker.Cache.Put(piece, worker.Loop.Ids, worker.Loop.Lengths);
    }

    /// <summary>As <see cref="Tokenize"/> by the merge loop alone: the reference that the shortcuts are tested against.</summary>
    public void TokenizePlainly(ReadOnlySpan<byte> piece, BpeWorker worker, TokenBuffer destination)
    {
        if (_definition.IgnoreMerges && _tokens.Find(piece) is >= 0 and int whole) destination.Add(whole, piece.Length);
        else Merge(piece, worker.Loop, destination);
    }

    private bool IsCanonical(int token, ReadOnlySpan<byte> piece, MergeLoop loop)
    {
        if (_definition.IgnoreMerges) return true;
        if (_canonical[token] == 0)
        {
            FirstSymbols(piece, loop);
            loop.Run(_merges);
            _canonical[token] = loop.Count == 1 && loop.Ids[0] == token ? (byte)1 : (byte)2;
        }
        return _canonical[token] == 1;
    }

    private void Merge(ReadOnlySpan<byte> piece, MergeLoop loop, TokenBuffer destination)
    {
        FirstSymbols(piece, loop);
        loop.Run(_merges);
        destination.Reserve(loop.Count);
        for (int i = 0; i < loop.Count; i++) destination.Add(loop.Ids[i], loop.Lengths[i]);
    }

    private void FirstSymbols(ReadOnlySpan<byte> piece, MergeLoop loop)
    {
        loop.Clear();
        int unknownLength = 0; // bytes of an unknown that waits to be joined with the next one
        for (int at = 0; at < piece.Length;)
        {
            int length = _form == PieceForm.Bytes ? 1 : Utf8.LengthOf(piece[at]);
            int id = _affixes ? FindWithAffixes(piece, at, length) : length == 1 ? _single[piece[at]] : _tokens.Find(piece.Slice(at, length));
            if (id >= 0)
            {
                if (unknownLength > 0) loop.Add(_unknown, unknownLength);
                unknownLength = 0;
                loop.Add(id, length);
            }
            else if (!TryFallBack(piece.Slice(at, length), loop) && _definition.UnknownToken is not null)
            {
                if (_unknown < 0) throw UnknownMissing();
                if (unknownLength > 0 && !_definition.FuseUnknown)
                {
                    loop.Add(_unknown, unknownLength);
                    unknownLength = 0;
                }
                unknownLength += length;
            }
            at += length;
        }
        if (unknownLength > 0) loop.Add(_unknown, unknownLength);
    }

    /// <summary>One <c>&lt;0x..&gt;</c> token a byte, if every byte has one. A waiting unknown stays behind it, as in the library.</summary>
    private bool TryFallBack(ReadOnlySpan<byte> character, MergeLoop loop)
    {
        if (_fallback is null) return false;
        foreach (byte b in character)
            if (_fallback[b] < 0) return false;
        foreach (byte b in character) loop.Add(_fallback[b], 1);
        return true;
    }

    private int FindWithAffixes(ReadOnlySpan<byte> piece, int at, int length)
    {
        string character = _form == PieceForm.Bytes
            ? ByteLevelAlphabet.ToText(piece.Slice(at, length))
            : System.Text.Encoding.UTF8.GetString(piece.Slice(at, length));
        if (at > 0) character = _definition.ContinuingSubwordPrefix + character;
        if (at + length == piece.Length) character += _definition.EndOfWordSuffix;
        return _definition.Vocabulary.TryGetValue(character, out int id) ? id : NoToken;
    }

    private InvalidInputException UnknownMissing() => new(
        $"The text needs the unknown token, and unk_token {Quoted.Text(_definition.UnknownToken)} is not in the vocabulary.",
        _definition.Where + ".unk_token",
        "Correct unk_token in the file, or use a tokenizer that covers the text.");
}

/// <summary>Scratch memory and piece cache of one worker.</summary>
internal sealed class BpeWorker
{
    public MergeLoop Loop { get; } = new();

    public PieceCache Cache { get; } = new();
}
