namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Remembers the tokens of short pieces: direct-mapped, so a newer piece takes an older one's slot. Belongs to one worker;
/// no lock. A token is packed as <c>length &lt;&lt; 24 | id</c>.
/// </summary>
internal sealed class PieceCache
{
    public const int LongestPiece = 64;
    private const int Slots = 1 << 15;
    private const int MaximumStored = 1 << 20;

    private struct Slot
    {
        public ulong Hash;
        public int KeyStart;
        public int TokenStart;
        public short KeyLength;
        public short TokenCount;
    }

    private readonly Slot[] _slots = new Slot[Slots];
    private byte[] _keys = new byte[1 << 16];
    private int[] _tokens = new int[1 << 14];
    private int _keysUsed;
    private int _tokensUsed;

    /// <summary>Appends the remembered tokens of a piece to <paramref name="destination"/>; false when there are none.</summary>
    public bool TryGet(ReadOnlySpan<byte> piece, ulong hash, TokenBuffer destination)
    {
        ref Slot slot = ref _slots[(int)(hash >> 40) & (Slots - 1)];
        if (slot.Hash != hash || slot.KeyLength != piece.Length || !piece.SequenceEqual(_keys.AsSpan(slot.KeyStart, slot.KeyLength))) return false;
        foreach (int token in _tokens.AsSpan(slot.TokenStart, slot.TokenCount)) destination.Add(token & 0xFF_FFFF, (int)((uint)token >> 24));
        return true;
    }

    /// <summary>Remembers the tokens of a piece of at most <see cref="LongestPiece"/> bytes.</summary>
    public void Put(ReadOnlySpan<byte> piece, ulong hash, ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        if (_keysUsed + piece.Length > MaximumStored || _tokensUsed + ids.Length > MaximumStored) Clear();
        if (_keysUsed + piece.Length > _keys.Length) Array.Resize(ref _keys, _keys.Length * 2);
        if (_tokensUsed + ids.Length > _tokens.Length) Array.Resize(ref _tokens, _tokens.Length * 2);
        ref Slot slot = ref _slots[(int)(hash >> 40) & (Slots - 1)];
        slot.Hash = hash;
        slot.KeyStart = _keysUsed;
        slot.KeyLength = (short)piece.Length;
        slot.TokenStart = _tokensUsed;
        slot.TokenCount = (short)ids.Length;
        piece.CopyTo(_keys.AsSpan(_keysUsed));
        _keysUsed += piece.Length;
        for (int i = 0; i < ids.Length; i++) _tokens[_tokensUsed++] = ids[i] | (lengths[i] << 24);
    }

    private void Clear()
    {
        Array.Clear(_slots);
        _keysUsed = 0;
        _tokensUsed = 0;
    }
}
