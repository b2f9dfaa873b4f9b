namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Pairs of neighbouring ids → rank and id of the merged token, as <c>rank &lt;&lt; 32 | id</c>: smaller is merged earlier.
/// Open addressing, load at most one half.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>The pair is not merged.</summary>
    public const ulong None = ulong.MaxValue;

    private const ulong Empty = ulong.MaxValue;
    private readonly ulong[] _entries; // key, value, key, value …
    private readonly int _mask;
    private readonly int _shift;

    public MergeTable(int capacity)
    {
        int bits = 4;
        while (1 << bits < capacity * 2) bits++;
        _entries = new ulong[2 << bits];
        Array.Fill(_entries, Empty);
        _mask = (1 << bits) - 1;
        _shift = 64 - bits;
    }

    public int Count { get; private set; }

    /// <summary>Adds a merge; the same pair once more takes the later rank, as the Rust library does.</summary>
    public void Set(int left, int right, int rank, int merged)
    {
        ulong key = ((ulong)(uint)left << 32) | (uint)right;
        int at = SlotOf(key);
        while (_entries[2 * at] != Empty && _entries[2 * at] != key) at = (at + 1) & _mask;
        if (_entries[2 * at] == Empty) Count++;
        _entries[2 * at] = key;
        _entries[2 * at + 1] = ((ulong)(uint)rank << 32) | (uint)merged;
    }

    public ulong Find(int left, int right)
    {
        ulong key = ((ulong)(uint)left << 32) | (uint)right;
        ulong[] entries = _entries;
        int at = SlotOf(key);
        while (true)
        {
            ulong found = entries[2 * at];
            if (found == key) return entries[2 * at + 1];
            if (found == Empty) return None;
            at = (at + 1) & _mask;
        }
    }

    private int SlotOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);
}
