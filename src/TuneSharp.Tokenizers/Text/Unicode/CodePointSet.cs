namespace TuneSharp.Tokenizers.Text;

/// <summary>A set of code points as sorted, disjoint, half-open ranges: start, end, start, end …</summary>
internal sealed class CodePointSet(int[] bounds)
{
    public const int End = 0x110000;

    public static readonly CodePointSet Empty = new([]);
    public static readonly CodePointSet All = new([0, End]);

    private readonly int[] _bounds = bounds;

    public ReadOnlySpan<int> Bounds => _bounds;

    /// <summary>From a membership test over all code points.</summary>
    public static CodePointSet Where(Func<int, bool> isMember)
    {
        var found = new List<int>();
        bool inside = false;
        for (int c = 0; c < End; c++)
        {
            if (isMember(c) == inside) continue;
            found.Add(c);
            inside = !inside;
        }
        if (inside) found.Add(End);
        return new CodePointSet([.. found]);
    }

    /// <summary>Code points <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static CodePointSet OfRange(int first, int last) => new([first, last + 1]);

    public bool Contains(int codePoint)
    {
        int at = Array.BinarySearch(_bounds, codePoint);
        return ((at < 0 ? ~at : at + 1) & 1) == 1;
    }

    public CodePointSet Complement()
    {
        int[] inner = _bounds;
        var result = new List<int>(inner.Length + 2);
        if (inner.Length == 0 || inner[0] != 0) result.Add(0);
        foreach (int bound in inner)
            if (bound is > 0 and < End) result.Add(bound);
        if (inner.Length == 0 || inner[^1] != End) result.Add(End);
        return new CodePointSet([.. result]);
    }

    public CodePointSet Union(CodePointSet other)
    {
        var ranges = new List<(int Start, int End)>();
        for (int i = 0; i < _bounds.Length; i += 2) ranges.Add((_bounds[i], _bounds[i + 1]));
        for (int i = 0; i < other._bounds.Length; i += 2) ranges.Add((other._bounds[i], other._bounds[i + 1]));
        ranges.Sort();
        var result = new List<int>();
        foreach ((int start, int end) in ranges)
        {
            if (result.Count > 0 && start <= result[^1]) result[^1] = Math.Max(result[^1], end);
            else result.AddRange([start, end]);
        }
        return new CodePointSet([.. result]);
    }

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();
}
