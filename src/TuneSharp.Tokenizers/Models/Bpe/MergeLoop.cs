namespace TuneSharp.Tokenizers.Models.Bpe;

/// <summary>
/// Merges the symbols of one piece: again and again the pair with the smallest rank, the leftmost one among equals.
/// New pairs compete at once (a later merge can enable a better-ranked one, as in Gemma), so nothing is done in rounds.
/// Source: Sennrich et al., arXiv:1508.07909, in the order of the Rust library. Holds scratch memory of one worker.
/// </summary>
internal sealed class MergeLoop
{
    private const int LongestScan = 200;

    private int[] _ids = new int[256];
    private int[] _lengths = new int[256];
    private ulong[] _pairs = new ulong[256];
    private int[] _next = [];
    private int[] _previous = [];
    private ulong[] _heap = [];
    private int _heapCount;

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Appends a symbol that covers <paramref name="length"/> bytes of the piece.</summary>
    public void Add(int id, int length)
    {
        if (Count == _ids.Length)
        {
            int size = checked(Count * 2);
            Array.Resize(ref _ids, size);
            Array.Resize(ref _lengths, size);
            Array.Resize(ref _pairs, size);
        }
        _ids[Count] = id;
        _lengths[Count++] = length;
    }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    /// <summary>Merges what was added until no pair has a merge.</summary>
    public void Run(MergeTable merges)
    {
        if (Count < 2) return;
        if (Count <= LongestScan) Scan(merges);
        else RunHeap(merges);
    }

    /// <summary>Looks through all pairs for the best one: quadratic, and the fastest way for words.</summary>
    private void Scan(MergeTable merges)
    {
        int[] ids = _ids;
        int[] lengths = _lengths;
        ulong[] pairs = _pairs; // pairs[i]: what (i, i + 1) would give
        int count = Count;
        for (int i = 0; i + 1 < count; i++) pairs[i] = merges.Find(ids[i], ids[i + 1]);
        while (true)
        {
            int best = -1;
            ulong smallest = MergeTable.None;
            for (int i = 0; i + 1 < count; i++)
                if (pairs[i] < smallest)
                {
                    smallest = pairs[i];
                    best = i;
                }
            if (best < 0) break;
            ids[best] = (int)(uint)smallest;
            lengths[best] += lengths[best + 1];
            count--;
            int moved = count - best - 1;
            Array.Copy(ids, best + 2, ids, best + 1, moved);
            Array.Copy(lengths, best + 2, lengths, best + 1, moved);
            if (moved > 0) Array.Copy(pairs, best + 2, pairs, best + 1, moved - 1);
            if (best > 0) pairs[best - 1] = merges.Find(ids[best - 1], ids[best]);
            if (best + 1 < count) pairs[best] = merges.Find(ids[best], ids[best + 1]);
        }
        Count = count;
    }

    /// <summary>The same over a linked list and a heap of <c>rank &lt;&lt; 32 | position</c>: n log n for texts without a split.</summary>
    private void RunHeap(MergeTable merges)
    {
        int count = Count;
        if (_next.Length < count)
        {
            _next = new int[_ids.Length];
            _previous = new int[_ids.Length];
        }
        int[] ids = _ids;
        int[] lengths = _lengths;
        int[] next = _next;
        int[] previous = _previous;
        _heapCount = 0;
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
        }
        for (int i = 0; i + 1 < count; i++) PushPair(merges, i, i + 1);
        while (_heapCount > 0)
        {
            ulong top = Pop();
            int left = (int)(uint)top;
            if (lengths[left] < 0 || next[left] < 0) continue;
            int right = next[left];
            ulong merge = merges.Find(ids[left], ids[right]);
            if (merge == MergeTable.None || merge >> 32 != top >> 32) continue; // an older state of this place
            ids[left] = (int)(uint)merge;
            lengths[left] += lengths[right];
            lengths[right] = -1;
            next[left] = next[right];
            if (next[left] >= 0)
            {
                previous[next[left]] = left;
                PushPair(merges, left, next[left]);
            }
            if (previous[left] >= 0) PushPair(merges, previous[left], left);
        }
        int kept = 0;
        for (int i = 0; i >= 0; i = next[i])
        {
            ids[kept] = ids[i];
            lengths[kept++] = lengths[i];
        }
        Count = kept;
    }

    private void PushPair(MergeTable merges, int left, int right)
    {
        ulong merge = merges.Find(_ids[left], _ids[right]);
        if (merge == MergeTable.None) return;
        ulong entry = (merge & 0xFFFF_FFFF_0000_0000) | (uint)left;
        if (_heapCount == _heap.Length) Array.Resize(ref _heap, Math.Max(1024, _heap.Length * 2));
        int at = _heapCount++;
        while (at > 0)
        {
            int parent = (at - 1) >> 2;
            if (_heap[parent] <= entry) break;
            _heap[at] = _heap[parent];
            at = parent;
        }
        _heap[at] = entry;
    }

    private ulong Pop()
    {
        ulong[] heap = _heap;
        ulong top = heap[0];
        ulong last = heap[--_heapCount];
        int count = _heapCount;
        int at = 0;
        while (true)
        {
            int child = 4 * at + 1;
            if (child >= count) break;
            int smallest = child;
            for (int i = child + 1; i < Math.Min(child + 4, count); i++)
                if (heap[i] < heap[smallest]) smallest = i;
            if (heap[smallest] >= last) break;
            heap[at] = heap[smallest];
            at = smallest;
        }
        heap[at] = last;
        return top;
    }
}
