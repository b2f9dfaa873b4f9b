namespace TuneSharp.Tokenizers.SentencePiece;

/// <summary>The merges of one text: a linked list of symbols, and a queue of pairs by (rank of the score, place). Scratch memory of one caller.</summary>
internal sealed class PieceMerging(SentencePieceModel model)
{
    private readonly record struct Symbol(int Start, int Length, int Previous, int Next, bool IsWhole);

    private readonly List<(int Start, int Length)> _result = [];
    private readonly PriorityQueue<(int Left, int Size), long> _queue = new();
    private readonly Dictionary<int, int> _leftLengths = []; // unused piece → length of the left part that it was last seen as
    private Symbol[] _symbols = new Symbol[64];

    /// <summary>What was left: places in the text, in order.</summary>
    public IReadOnlyList<(int Start, int Length)> Symbols => _result;

    public void Run(ReadOnlySpan<byte> text)
    {
        _result.Clear();
        _queue.Clear();
        _leftLengths.Clear();
        int count = Split(text);
        for (int i = 1; i < count; i++) Push(text, i - 1, i);
        while (_queue.TryDequeue(out (int Left, int Size) pair, out _))
        {
            ref Symbol left = ref _symbols[pair.Left];
            if (left.Length == 0 || left.Next < 0) continue;
            ref Symbol right = ref _symbols[left.Next];
            if (left.Length + right.Length != pair.Size) continue; // one of the two has changed since
            int next = right.Next;
            right = right with { Length = 0 };
            left = left with { Length = pair.Size, Next = next };
            if (next >= 0) _symbols[next] = _symbols[next] with { Previous = pair.Left };
            if (left.Previous >= 0) Push(text, left.Previous, pair.Left);
            if (next >= 0) Push(text, pair.Left, next);
        }
        for (int i = count > 0 ? 0 : -1; i >= 0; i = _symbols[i].Next) Emit(text, _symbols[i].Start, _symbols[i].Length);
    }

    private int Split(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; count++)
        {
            if (count == _symbols.Length) Array.Resize(ref _symbols, checked(2 * count));
            int length = model.SymbolLength(text, at, out bool isWhole);
            _symbols[count] = new Symbol(at, length, count - 1, at + length < text.Length ? count + 1 : -1, isWhole);
            at += length;
        }
        return count;
    }

    private void Push(ReadOnlySpan<byte> text, int left, int right)
    {
        Symbol l = _symbols[left], r = _symbols[right];
        if (l.IsWhole || r.IsWhole) return;
        int size = l.Length + r.Length;
        int id = model.Find(text.Slice(l.Start, size));
        if (id < 0) return;
        _queue.Enqueue((left, size), ((long)model.RankOf(id) << 32) | (uint)left);
        if (model.IsUnused(id)) _leftLengths[id] = l.Length;
    }

    /// <summary>A piece that is not to be used is split again the way it was last put together.</summary>
    private void Emit(ReadOnlySpan<byte> text, int start, int length)
    {
        int id = model.Find(text.Slice(start, length));
        if (id >= 0 && model.IsUnused(id) && _leftLengths.TryGetValue(id, out int left))
        {
            Emit(text, start, left);
            Emit(text, start + left, length - left);
            return;
        }
        _result.Add((start, length));
    }
}
