namespace TuneSharp.Tokenizers.Splitting;

/// <summary>A growing list of positions that keeps its memory from one text to the next.</summary>
internal sealed class IntList
{
    private int[] _items = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int item)
    {
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }
}
