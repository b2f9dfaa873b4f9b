using System.Collections;

namespace TuneSharp.Data.Storage;

/// <summary>A list that grows in mapped memory.</summary>
internal sealed class MappedList<T> : IReadOnlyList<T>, IDisposable
    where T : unmanaged
{
    private MappedArray<T> _items = new(256);

    public int Count { get; private set; }

    public T this[int index] => index < Count ? _items[index] : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            var larger = new MappedArray<T>(_items.Length * 2);
            for (long i = 0; i < Count; i++) larger[i] = _items[i];
            _items.Dispose();
            _items = larger;
        }
        _items[Count] = item;
        Count = checked(Count + 1);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return _items[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => _items.Dispose();
}
