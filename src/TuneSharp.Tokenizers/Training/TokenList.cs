namespace TuneSharp.Tokenizers.Training;

/// <summary>The growing vocabulary: id → token. A token that two merges spell alike has one id.</summary>
internal sealed class TokenList
{
    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public TokenList(IEnumerable<string> first)
    {
        foreach (string token in first) Add(token);
    }

    public int Count => _tokens.Count;

    public string this[int id] => _tokens[id];

    /// <summary>Byte-level characters of a token: one for each byte.</summary>
    public int LengthOf(int id) => _tokens[id].Length;

    public int Add(string token)
    {
        if (_ids.TryGetValue(token, out int id)) return id;
        _ids.Add(token, _tokens.Count);
        _tokens.Add(token);
        return _tokens.Count - 1;
    }
}
