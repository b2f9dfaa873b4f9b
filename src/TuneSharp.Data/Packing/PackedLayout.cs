namespace TuneSharp.Data.Packing;

/// <summary>A part of a document inside a packed row.</summary>
/// <param name="Document">Number of the document.</param>
/// <param name="Start">Its first token that lies here.</param>
/// <param name="Length">Tokens.</param>
public readonly record struct PackedPiece(int Document, int Start, int Length);

/// <summary>Which pieces lie in which packed row, in their order. 12 bytes a piece.</summary>
public sealed class PackedLayout
{
    /// <summary>
    /// So many documents are packed by themselves, as TRL's and LLaMA-Factory's batched maps do: rows near one another stay so, and more at
    /// once saves next to nothing.
    /// </summary>
    public const int DocumentsAtOnce = 1000;

    private readonly List<PackedPiece> _pieces = [];
    private readonly List<int> _starts = [0];

    private PackedLayout()
    {
    }

    /// <summary>Number of packed rows.</summary>
    public int Count => _starts.Count - 1;

    /// <summary>Pieces in all rows.</summary>
    public int NumPieces => _pieces.Count;

    /// <summary>The pieces of a packed row.</summary>
    public ReadOnlySpan<PackedPiece> this[int row] =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pieces)[_starts[row].._starts[row + 1]];

    /// <summary>Tokens of a packed row.</summary>
    public int Length(int row)
    {
        int tokens = 0;
        foreach (PackedPiece piece in this[row]) tokens += piece.Length;
        return tokens;
    }

    /// <param name="lengths">Length of every document in tokens; empty ones are left out.</param>
    /// <param name="capacity">Longest row, at least 1.</param>
    /// <param name="strategy">Anything but <see cref="PackingStrategy.None"/>.</param>
    /// <remarks>
    /// A document that is longer than a row is shortened by <see cref="PackingStrategy.Bfd"/>, cut into several pieces by
    /// <see cref="PackingStrategy.BfdSplit"/> and <see cref="PackingStrategy.Wrapped"/>, and left out by <see cref="PackingStrategy.Knapsack"/>, as the
    /// originals do. A caller that must not lose tokens looks for them first.
    /// </remarks>
    public static PackedLayout Of(IReadOnlyList<int> lengths, int capacity, PackingStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var layout = new PackedLayout();
        for (int first = 0; first < lengths.Count; first += DocumentsAtOnce)
        {
            var documents = new PackedPiece[Math.Min(DocumentsAtOnce, lengths.Count - first)];
            for (int i = 0; i < documents.Length; i++) documents[i] = new PackedPiece(first + i, 0, lengths[first + i]);
            IEnumerable<IReadOnlyList<PackedPiece>> rows = strategy switch
            {
                PackingStrategy.Bfd => BestFitDecreasing.Pack(documents.Select(piece => piece with { Length = Math.Min(piece.Length, capacity) }), capacity),
                PackingStrategy.BfdSplit => BestFitDecreasing.Pack(documents.SelectMany(piece => Cut(piece, capacity)), capacity),
                PackingStrategy.Wrapped => Wrap(documents, capacity),
                PackingStrategy.Knapsack => GreedyKnapsack.Pack(documents.Where(piece => piece.Length <= capacity), capacity),
                _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "Nothing is packed."),
            };
            foreach (IReadOnlyList<PackedPiece> row in rows) layout.Add(row);
        }
        return layout;
    }

    private void Add(IReadOnlyList<PackedPiece> row)
    {
        _pieces.AddRange(row);
        _starts.Add(_pieces.Count);
    }

    private static IEnumerable<PackedPiece> Cut(PackedPiece document, int capacity)
    {
        for (int at = 0; at < document.Length; at += capacity)
            yield return new PackedPiece(document.Document, at, Math.Min(capacity, document.Length - at));
    }

    private static IEnumerable<IReadOnlyList<PackedPiece>> Wrap(IEnumerable<PackedPiece> documents, int capacity)
    {
        var row = new List<PackedPiece>();
        int room = capacity;
        foreach (PackedPiece document in documents)
        {
            for (int at = 0; at < document.Length;)
            {
                int taken = Math.Min(room, document.Length - at);
                row.Add(new PackedPiece(document.Document, at, taken));
                (at, room) = (at + taken, room - taken);
                if (room > 0) continue;
                yield return row;
                (row, room) = ([], capacity);
            }
        }
        if (row.Count > 0) yield return row;
    }
}
