using TuneSharp.Tokenizers.AddedTokens;

namespace TuneSharp.Tokenizers;

/// <summary>Ids and spellings of model and added tokens together.</summary>
internal sealed class TokenizerVocabulary
{
    private readonly IReadOnlyDictionary<string, int> _model;
    private readonly AddedVocabulary _added;
    private readonly string?[] _spellings;
    private readonly bool[] _special;

    public TokenizerVocabulary(IReadOnlyDictionary<string, int> model, AddedVocabulary added)
    {
        _model = model;
        _added = added;
        int highest = -1;
        foreach (int id in model.Values) highest = Math.Max(highest, id);
        foreach (AddedToken token in added.Tokens) highest = Math.Max(highest, token.Id);
        _spellings = new string?[highest + 1];
        _special = new bool[highest + 1];
        foreach ((string token, int id) in model) _spellings[id] = token;
        foreach (AddedToken token in added.Tokens)
        {
            _spellings[token.Id] = token.Content;
            _special[token.Id] = token.IsSpecial;
        }
    }

    public int Size => _spellings.Length;

    public string? SpellingOf(int id) => (uint)id < (uint)_spellings.Length ? _spellings[id] : null;

    public bool IsSpecial(int id) => (uint)id < (uint)_special.Length && _special[id];

    public int? IdOf(string token) =>
        _added.WithContent(token) is { } added ? added.Id : _model.TryGetValue(token, out int id) ? id : null;
}
