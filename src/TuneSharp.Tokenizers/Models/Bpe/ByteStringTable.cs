using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>Byte strings → numbers: open addressing over one array of bytes, no object per entry.</summary>
internal sealed class ByteStringTable
{
    private readonly record struct Slot(ulong Hash, int Start, int Length, int Value);

    private readonly Slot[] _slots;
    private readonly int _mask;
    private byte[] _bytes;
    private int _used;

    public ByteStringTable(int capacity, int expectedBytes)
    {
        int size = 16;
        while (size < capacity * 2) size *= 2;
        _slots = new Slot[size];
        _mask = size - 1;
        _bytes = new byte[Math.Max(expectedBytes, 16)];
    }

    /// <summary>Adds a key that is not in the table yet; a present one gets the new value.</summary>
    public void Set(ReadOnlySpan<byte> key, int value)
    {
        ulong hash = HashOf(key);
        int at = (int)(hash >> 32) & _mask;
        while (_slots[at].Hash != 0)
        {
            if (Matches(_slots[at], hash, key))
            {
                _slots[at] = _slots[at] with { Value = value };
                return;
            }
            at = (at + 1) & _mask;
        }
        if (_used + key.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + key.Length));
        key.CopyTo(_bytes.AsSpan(_used));
        _slots[at] = new Slot(hash, _used, key.Length, value);
        _used += key.Length;
    }

    /// <summary>The number of a key; −1 when it is unknown.</summary>
    public int Find(ReadOnlySpan<byte> key) => Find(key, HashOf(key));

    /// <summary>As <see cref="Find(ReadOnlySpan{byte})"/> with a hash computed before.</summary>
    public int Find(ReadOnlySpan<byte> key, ulong hash)
    {
        int at = (int)(hash >> 32) & _mask;
        while (true)
        {
            ref readonly Slot slot = ref _slots[at];
            if (slot.Hash == 0) return -1;
            if (Matches(slot, hash, key)) return slot.Value;
            at = (at + 1) & _mask;
        }
    }

    /// <summary>A 64-bit hash, never 0. Eight bytes at a time; both ends of the string overlap instead of a tail loop.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> key)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)key.Length * Multiplier;
        ref byte first = ref MemoryMarshal.GetReference(key);
        int length = key.Length;
        if (length >= 8)
        {
            int at = 0;
            for (; at + 8 < length; at += 8) hash = Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, at)));
            hash = Mix(hash, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, length - 8)));
        }
        else if (length >= 4)
        {
            hash = Mix(hash, Unsafe.ReadUnaligned<uint>(ref first) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref first, length - 4)) << 32));
        }
        else if (length > 0)
        {
            hash = Mix(hash, first | ((uint)Unsafe.Add(ref first, length >> 1) << 8) | ((uint)Unsafe.Add(ref first, length - 1) << 16));
        }
        return hash | 1;

        static ulong Mix(ulong hash, ulong word)
        {
            ulong high = Math.BigMul(hash ^ word, Multiplier, out ulong low);
            return high ^ low;
        }
    }

    private bool Matches(in Slot slot, ulong hash, ReadOnlySpan<byte> key) =>
        slot.Hash == hash && slot.Length == key.Length && key.SequenceEqual(_bytes.AsSpan(slot.Start, slot.Length));
}
