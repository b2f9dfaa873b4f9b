namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>Tokens of the pieces of one text: ids and, when wanted, how many bytes of the piece each one covers.</summary>
internal sealed class TokenBuffer
{
    private int[] _ids = new int[256];
    private int[] _lengths = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>Bytes of the piece that each token covers.</summary>
    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int id, int length)
    {
        int count = Count;
        if (count == _ids.Length) Grow(1);
        _ids[count] = id;
        _lengths[count] = length;
        Count = count + 1;
    }

    /// <summary>Takes back all tokens but the first <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    public void Reserve(int more)
    {
        if (Count + more > _ids.Length) Grow(more);
    }

    private void Grow(int more)
    {
        int size = checked(Math.Max(_ids.Length * 2, Count + more));
        Array.Resize(ref _ids, size);
        Array.Resize(ref _lengths, size);
    }
}
