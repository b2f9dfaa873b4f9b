using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Remembers the tokens of short pieces: direct-mapped, so a newer piece takes an older one's slot. Belongs to one worker;
/// no lock. Up to 16 bytes the key lies in the slot itself; longer pieces are compared byte by byte: no answer rests on a hash.
/// Tokens are packed as <c>length &lt;&lt; 24 | id</c>.
/// </summary>
internal sealed class PieceCache
{
    public const int LongestPiece = 120; // a length has 7 bits
    private const int LongestInline = 16;
    private const int ShortSlots = 1 << 15;
    private const int LongSlots = 1 << 14;
    private const int MostStored = 1 << 20;

    [StructLayout(LayoutKind.Sequential)]
    private struct ShortSlot
    {
        public ulong Low;
        public ulong High;
        public int Token;      // the token, or where the tokens start
        public byte Length;
        public byte NumTokens; // 0: empty
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LongSlot
    {
        public ulong Hash;
        public int KeyStart;
        public int TokenStart;
        public short KeyLength;
        public short NumTokens;
    }

    private readonly ShortSlot[] _short = new ShortSlot[ShortSlots];
    private readonly LongSlot[] _long = new LongSlot[LongSlots];
    private byte[] _keys = new byte[1 << 16];
    private int[] _tokens = new int[1 << 14];
    private int _keysUsed;
    private int _tokensUsed;

    /// <summary>Appends the remembered tokens of a piece (1 to 120 bytes) to <paramref name="destination"/>; false when there are none.</summary>
    public bool TryGet(ReadOnlySpan<byte> piece, TokenBuffer destination)
    {
        if (piece.Length > LongestInline) return TryGetLong(piece, destination);
        (ulong low, ulong high) = Pack(piece);
        ref ShortSlot slot = ref _short[SlotOf(low, high, piece.Length)];
        if (slot.Low != low || slot.High != high || slot.Length != piece.Length || slot.NumTokens == 0) return false;
        if (slot.NumTokens == 1)
        {
            destination.Add(slot.Token, piece.Length);
            return true;
        }
        Unpack(_tokens.AsSpan(slot.Token, slot.NumTokens), destination);
        return true;
    }

    /// <summary>Remembers the tokens of a piece (1 to 120 bytes).</summary>
    public void Put(ReadOnlySpan<byte> piece, ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        if (ids.Length == 0) return;
        if (_keysUsed + piece.Length > MostStored || _tokensUsed + ids.Length > MostStored) Clear();
        if (piece.Length <= LongestInline)
        {
            (ulong low, ulong high) = Pack(piece);
            _short[SlotOf(low, high, piece.Length)] = new ShortSlot
            {
                Low = low,
                High = high,
                Length = (byte)piece.Length,
                NumTokens = (byte)ids.Length,
                Token = ids.Length == 1 ? ids[0] : Store(ids, lengths),
            };
            return;
        }
        ulong hash = ByteStringTable.HashOf(piece);
        if (_keysUsed + piece.Length > _keys.Length) Array.Resize(ref _keys, _keys.Length * 2);
        _long[(int)(hash >> 40) & (LongSlots - 1)] = new LongSlot
        {
            Hash = hash,
            KeyStart = _keysUsed,
            KeyLength = (short)piece.Length,
            TokenStart = Store(ids, lengths),
            NumTokens = (short)ids.Length,
        };
        piece.CopyTo(_keys.AsSpan(_keysUsed));
        _keysUsed += piece.Length;
    }

    private bool TryGetLong(ReadOnlySpan<byte> piece, TokenBuffer destination)
    {
        ulong hash = ByteStringTable.HashOf(piece);
        ref LongSlot slot = ref _long[(int)(hash >> 40) & (LongSlots - 1)];
        if (slot.Hash != hash || !piece.SequenceEqual(_keys.AsSpan(slot.KeyStart, slot.KeyLength))) return false;
        Unpack(_tokens.AsSpan(slot.TokenStart, slot.NumTokens), destination);
        return true;
    }

    private static void Unpack(ReadOnlySpan<int> tokens, TokenBuffer destination)
    {
        foreach (int token in tokens) destination.Add(token & 0xFF_FFFF, token >> 24);
    }

    private int Store(ReadOnlySpan<int> ids, ReadOnlySpan<int> lengths)
    {
        if (_tokensUsed + ids.Length > _tokens.Length) Array.Resize(ref _tokens, _tokens.Length * 2);
        int start = _tokensUsed;
        for (int i = 0; i < ids.Length; i++) _tokens[_tokensUsed++] = ids[i] | (lengths[i] << 24);
        return start;
    }

    /// <summary>All bytes of a piece of 1 to 16 bytes in two words: together with the length they tell the piece.</summary>
    private static (ulong Low, ulong High) Pack(ReadOnlySpan<byte> piece)
    {
        ref byte first = ref MemoryMarshal.GetReference(piece);
        int length = piece.Length;
        if (length >= 8)
            return (Unsafe.ReadUnaligned<ulong>(ref first), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, length - 8)));
        if (length >= 4)
            return (Unsafe.ReadUnaligned<uint>(ref first), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, length - 4)));
        return (first | ((ulong)Unsafe.Add(ref first, length >> 1) << 8) | ((ulong)Unsafe.Add(ref first, length - 1) << 16), 0);
    }

    private static int SlotOf(ulong low, ulong high, int length) =>
        (int)(((low * 0x9E3779B97F4A7C15) ^ ((high + (ulong)length) * 0xC2B2AE3D27D4EB4F)) >> 40) & (ShortSlots - 1);

    private void Clear()
    {
        Array.Clear(_short);
        Array.Clear(_long);
        _keysUsed = 0;
        _tokensUsed = 0;
    }
}
