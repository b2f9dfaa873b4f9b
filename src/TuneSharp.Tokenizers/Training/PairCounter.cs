namespace TuneSharp.Tokenizers.Training;

/// <summary>A distinct word of the corpus as symbols that shrink with every merge.</summary>
internal sealed class TrainingWord(int[] symbols, long occurrences)
{
    public int[] Symbols = symbols;
    public int Count = symbols.Length;

    public long Occurrences { get; } = occurrences;
}

/// <summary>
/// Counts of neighbouring symbols over all words, kept up to date through merges, and the next pair to merge: the highest
/// count, among equals the smallest (left id, right id). Counts of a pair only fall after it came up, so a queue entry with
/// an outdated count is put back with the present one.
/// </summary>
internal sealed class PairCounter
{
    private readonly List<TrainingWord> _words;
    private readonly Func<int, int> _lengthOf;
    private readonly int _maxLength;
    private readonly Dictionary<ulong, long> _counts = [];
    private readonly Dictionary<ulong, HashSet<int>> _places = []; // pair → words that may hold it
    private readonly PriorityQueue<ulong, (long NegativeCount, ulong Pair)> _queue = new();

    /// <param name="lengthOf">Bytes of a symbol's token.</param>
    /// <param name="maxLength">New pairs are counted only below this joint length.</param>
    public PairCounter(List<TrainingWord> words, Func<int, int> lengthOf, int maxLength)
    {
        _words = words;
        _lengthOf = lengthOf;
        _maxLength = maxLength;
        for (int w = 0; w < words.Count; w++)
            for (int i = 0; i + 1 < words[w].Count; i++) Change(Pair(words[w].Symbols[i], words[w].Symbols[i + 1]), words[w].Occurrences, w);
        foreach ((ulong pair, long count) in _counts) _queue.Enqueue(pair, (-count, pair));
    }

    /// <summary>The best pair and its count; false when no pair occurs.</summary>
    public bool TryTake(out int left, out int right, out long count)
    {
        while (_queue.TryDequeue(out ulong pair, out (long NegativeCount, ulong Pair) priority))
        {
            count = _counts[pair];
            if (count <= 0) continue;
            if (count != -priority.NegativeCount)
            {
                _queue.Enqueue(pair, (-count, pair));
                continue;
            }
            left = (int)(pair >> 32);
            right = (int)(uint)pair;
            return true;
        }
        left = right = 0;
        count = 0;
        return false;
    }

    /// <summary>Replaces the pair by a new symbol in every word, from left to right.</summary>
    public void Merge(int left, int right, int merged)
    {
        ulong pair = Pair(left, right);
        if (!_places.Remove(pair, out HashSet<int>? places)) return;
        var grown = new HashSet<ulong>();
        foreach (int w in places) MergeWord(w, left, right, merged, grown);
        foreach (ulong p in grown)
            if (_counts[p] > 0) _queue.Enqueue(p, (-_counts[p], p));
    }

    private void MergeWord(int w, int left, int right, int merged, HashSet<ulong> grown)
    {
        TrainingWord word = _words[w];
        int[] symbols = word.Symbols;
        int mergedLength = _lengthOf(left) + _lengthOf(right);
        int kept = 0;
        for (int i = 0; i < word.Count; i++)
        {
            if (symbols[i] != left || i + 1 >= word.Count || symbols[i + 1] != right)
            {
                symbols[kept++] = symbols[i];
                continue;
            }
            if (kept > 0) Replace(Pair(symbols[kept - 1], left), Pair(symbols[kept - 1], merged), _lengthOf(symbols[kept - 1]));
            if (i + 2 < word.Count) Replace(Pair(right, symbols[i + 2]), Pair(merged, symbols[i + 2]), _lengthOf(symbols[i + 2]));
            symbols[kept++] = merged;
            i++;
        }
        word.Count = kept;

        void Replace(ulong former, ulong present, int neighbourLength)
        {
            Change(former, -word.Occurrences, w);
            if (neighbourLength + mergedLength >= _maxLength) return;
            Change(present, word.Occurrences, w);
            grown.Add(present);
        }
    }

    private void Change(ulong pair, long by, int word)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += by;
        if (by <= 0) return;
        if (!_places.TryGetValue(pair, out HashSet<int>? places)) _places.Add(pair, places = []);
        places.Add(word);
    }

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
