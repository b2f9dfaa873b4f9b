namespace TuneSharp.Data.Checking;

/// <summary>How long rows are, and what a limit would cut. It keeps one number a length, not a row.</summary>
public sealed class LengthReport
{
    private readonly int[] _lengths;    // in use, ascending
    private readonly long[] _upTo;      // rows of at most that length

    /// <param name="lengths">Length of every row, in any order.</param>
    public LengthReport(IEnumerable<int> lengths)
        : this(CountEach(lengths))
    {
    }

    private LengthReport(SortedDictionary<int, long> counts)
    {
        Counts = counts;
        _lengths = [.. counts.Keys];
        _upTo = new long[_lengths.Length];
        long rows = 0;
        for (int i = 0; i < _lengths.Length; i++)
        {
            _upTo[i] = rows += counts[_lengths[i]];
            Total += _lengths[i] * counts[_lengths[i]];
        }
    }

    /// <summary>From the number of rows of every length.</summary>
    public static LengthReport FromCounts(IReadOnlyDictionary<int, long> counts) => new(new SortedDictionary<int, long>(counts.ToDictionary()));

    /// <summary>Rows of every length that occurs.</summary>
    public IReadOnlyDictionary<int, long> Counts { get; }

    public int Count => _upTo.Length == 0 ? 0 : checked((int)_upTo[^1]);

    public long Total { get; }

    public int Shortest => _lengths.Length == 0 ? 0 : _lengths[0];

    public int Longest => _lengths.Length == 0 ? 0 : _lengths[^1];

    public double Mean => Count == 0 ? 0 : (double)Total / Count;

    /// <summary>The smallest length that at least this share of the rows does not exceed.</summary>
    /// <param name="share">Between 0 and 1: 0.5 is the median.</param>
    public int Percentile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        if (Count == 0) return 0;
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        return _lengths[Array.FindIndex(_upTo, rows => rows >= wanted)];
    }

    /// <summary>Rows that are longer than a limit.</summary>
    public int LongerThan(int limit)
    {
        int at = Array.BinarySearch(_lengths, limit);
        int upTo = at >= 0 ? at : ~at - 1;
        return Count - (upTo < 0 ? 0 : (int)_upTo[upTo]);
    }

    /// <summary>Equal steps of a round width from 0 to the longest row: upper bound (inclusive) and number of rows.</summary>
    public IReadOnlyList<(int UpTo, int Rows)> Histogram(int steps = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (Count == 0) return [];
        int width = RoundUp((Longest + steps - 1) / steps);
        var result = new List<(int, int)>();
        for (int from = 0, counted = 0; counted < Count; from += width)
        {
            int upTo = Count - LongerThan(from + width);
            result.Add((from + width, upTo - counted));
            counted = upTo;
        }
        return result;
    }

    /// <summary>Which <c>max_length</c> to choose and what it costs, in one or two sentences.</summary>
    /// <param name="context">The model's longest context in tokens; null = not known.</param>
    public string Advice(int? context = null)
    {
        if (Count == 0) return "There are no rows.";
        int most = context is { } c ? Math.Min(c, Longest) : Longest;
        int usual = Math.Min(most, (Percentile(0.99) + 7) / 8 * 8);
        string limit = context is { } limited && LongerThan(limited) is > 0 and var beyond
            ? $"{beyond} of {Count} rows are longer than the model's context of {limited} tokens: choose overlong_rows: truncate or drop, or shorten them. "
            : "";
        if (usual * 2 <= most)
            return $"{limit}max_length: {usual} keeps 99 % of the rows whole ({LongerThan(usual)} are longer) and needs {(double)most / usual:0.#} times less memory for the longest row than {most}.";
        return limit.Length > 0 ? limit.TrimEnd() : $"max_length can be left out: the longest row has {Longest} tokens and nothing is cut.";
    }

    private static SortedDictionary<int, long> CountEach(IEnumerable<int> lengths)
    {
        var counts = new SortedDictionary<int, long>();
        foreach (int length in lengths) counts[length] = counts.GetValueOrDefault(length) + 1;
        return counts;
    }

    private static int RoundUp(int width)
    {
        int unit = 1;
        while (unit * 10 <= width) unit *= 10;
        foreach (int step in (int[])[1, 2, 5, 10])
            if (width <= step * unit) return step * unit;
        return 10 * unit;
    }
}
