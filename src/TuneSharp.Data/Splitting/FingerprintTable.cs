using TuneSharp.Data.Storage;

namespace TuneSharp.Data.Splitting;

/// <summary>
/// Numbers by fingerprint: a hash table with open addressing whose memory is mapped (<see cref="MappedArray{T}"/>), so that finding equal rows
/// does not cost memory with the number of rows.
/// </summary>
internal sealed class FingerprintTable : IDisposable
{
    private MappedArray<UInt128> _keys = new(1 << 10);
    private MappedArray<long> _values = new(1 << 10);    // value + 1; 0 = free

    public long Count { get; private set; }

    /// <summary>Stores a value under a new fingerprint.</summary>
    /// <param name="key">A fingerprint: its bits are random.</param>
    /// <param name="value">At least 0.</param>
    /// <returns>The value under this fingerprint: the earlier one if there is one.</returns>
    public long GetOrAdd(UInt128 key, long value)
    {
        if (Count * 2 >= _keys.Length) Grow();
        long slot = Slot(_keys, _values, key);
        if (_values[slot] is > 0 and var known) return known - 1;
        _keys[slot] = key;
        _values[slot] = value + 1;
        Count++;
        return value;
    }

    private void Grow()
    {
        var keys = new MappedArray<UInt128>(_keys.Length * 4);
        var values = new MappedArray<long>(_keys.Length * 4);
        for (long i = 0; i < _keys.Length; i++)
        {
            if (_values[i] == 0) continue;
            long slot = Slot(keys, values, _keys[i]);
            keys[slot] = _keys[i];
            values[slot] = _values[i];
        }
        Dispose();
        (_keys, _values) = (keys, values);
    }

    private static long Slot(MappedArray<UInt128> keys, MappedArray<long> values, UInt128 key)
    {
        long slot = (long)((ulong)key & ((ulong)keys.Length - 1));
        while (values[slot] != 0 && keys[slot] != key) slot = (slot + 1) & (keys.Length - 1);
        return slot;
    }

    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }
}
