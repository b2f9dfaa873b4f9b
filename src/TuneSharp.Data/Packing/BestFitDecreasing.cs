namespace TuneSharp.Data.Packing;

/// <summary>
/// Best fit decreasing: the longest piece first, each into the row with the least room that suffices; among rows with equal room into
/// the one that came to that room first. Number for number the rows of TRL's <c>pack_dataset</c>.
/// </summary>
internal static class BestFitDecreasing
{
    public static IReadOnlyList<IReadOnlyList<PackedPiece>> Pack(IEnumerable<PackedPiece> pieces, int capacity)
    {
        var rows = new List<List<PackedPiece>>();
        var withRoom = new Dictionary<int, Queue<int>>();
        var rooms = new SortedSet<int>();
        foreach (PackedPiece piece in pieces.Where(piece => piece.Length > 0).OrderByDescending(piece => piece.Length))
        {
            // A new row is the last resort: its room is the whole capacity.
            int room = rooms.GetViewBetween(piece.Length, capacity) is { Count: > 0 } enough ? enough.Min : capacity;
            int row;
            if (room < capacity)
            {
                Queue<int> waiting = withRoom[room];
                row = waiting.Dequeue();
                if (waiting.Count == 0) rooms.Remove(room);
            }
            else
            {
                row = rows.Count;
                rows.Add([]);
            }

            rows[row].Add(piece);
            room -= piece.Length;
            if (room == 0) continue;
            if (!withRoom.TryGetValue(room, out Queue<int>? queue)) withRoom[room] = queue = new Queue<int>();
            queue.Enqueue(row);
            rooms.Add(room);
        }
        return rows;
    }
}
