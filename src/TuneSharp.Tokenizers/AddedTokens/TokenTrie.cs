using System.Buffers;

namespace TuneSharp.Tokenizers.AddedTokens;

/// <summary>Finds the leftmost and there the longest of a set of byte strings.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<long, int> _children = []; // node << 8 | byte → node
    private readonly List<int> _tokens = [-1];             // node → token that ends there
    private readonly SearchValues<byte> _firstBytes;

    public TokenTrie(IReadOnlyList<(byte[] Text, int Token)> entries)
    {
        var first = new HashSet<byte>();
        foreach ((byte[] text, int token) in entries)
        {
            first.Add(text[0]);
            int node = 0;
            foreach (byte b in text)
            {
                long key = ((long)node << 8) | b;
                if (!_children.TryGetValue(key, out int child))
                {
                    child = _tokens.Count;
                    _tokens.Add(-1);
                    _children.Add(key, child);
                }
                node = child;
            }
            if (_tokens[node] < 0) _tokens[node] = token;
        }
        _firstBytes = SearchValues.Create([.. first]);
        IsEmpty = entries.Count == 0;
    }

    /// <summary>Where every walk begins.</summary>
    public const int Root = 0;

    public bool IsEmpty { get; }

    /// <summary>Goes on from <paramref name="node"/> by a byte; false when no entry does.</summary>
    public bool TryStep(ref int node, byte b) => _children.TryGetValue(((long)node << 8) | b, out node);

    /// <summary>The token that ends at a node; −1 if none does.</summary>
    public int TokenAt(int node) => _tokens[node];

    /// <summary>Length of the longest entry that begins at <paramref name="at"/>; 0 if none does.</summary>
    public int LongestAt(ReadOnlySpan<byte> text, int at)
    {
        int longest = 0, node = 0;
        for (int end = at; end < text.Length && _children.TryGetValue(((long)node << 8) | text[end], out node); end++)
            if (_tokens[node] >= 0) longest = end + 1 - at;
        return longest;
    }

    /// <summary>Looks from <paramref name="from"/> on; −1 when there is none, else the token that was found.</summary>
    public int Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        while (from < text.Length)
        {
            int skipped = text[from..].IndexOfAny(_firstBytes);
            if (skipped < 0) break;
            start = from + skipped;
            int token = -1;
            end = start;
            int node = 0;
            for (int at = start; at < text.Length && _children.TryGetValue(((long)node << 8) | text[at], out node); at++)
                if (_tokens[node] >= 0)
                {
                    token = _tokens[node];
                    end = at + 1;
                }
            if (token >= 0) return token;
            from = start + 1;
        }
        start = end = text.Length;
        return -1;
    }
}
