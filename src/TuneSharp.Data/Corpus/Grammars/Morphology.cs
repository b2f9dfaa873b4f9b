namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>
/// The words of one language: draws words from the grammar's lists and makes the forms that no list holds (articles,
/// pronouns, measure words).
/// </summary>
internal abstract class Morphology(Grammar grammar)
{
    private readonly Dictionary<(string Kind, int Row, int Second), Word> _words = [];

    protected Grammar Grammar { get; } = grammar;

    /// <summary>A random word of a kind, none of <paramref name="taken"/>.</summary>
    public Word Draw(WordKind kind, IReadOnlyCollection<Word> taken, Pcg32 random)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            int row = random.Below(kind.Rows.Count);
            int second = kind.Name == "item" ? random.Below(Grammar.Kinds["adjective"].Rows.Count) : -1;
            var key = (kind.Name, row, second);
            if (!_words.TryGetValue(key, out var word))
                _words[key] = word = Make(kind, row, second);
            if (!taken.Any(other => Clashes(other, word)))
                return word;
        }
        throw new InvalidOperationException($"The kind '{kind.Name}' has too few words for one document.");
    }

    /// <summary>The forms of a word; an <c>item</c> is a noun (<paramref name="row"/>) with an adjective.</summary>
    protected abstract Dictionary<string, string> Forms(WordKind kind, IReadOnlyDictionary<string, string> row, IReadOnlyDictionary<string, string>? adjective);

    private Word Make(WordKind kind, int row, int second)
    {
        var adjective = second < 0 ? null : Grammar.Kinds["adjective"].Rows[second];
        var forms = Forms(kind, kind.Rows[row], adjective);
        forms.TryAdd("", kind.Rows[row][kind.Columns[0]]);
        foreach (var (name, value) in kind.Rows[row])
            forms.TryAdd(name, value);
        string id = kind.Rows[row][kind.Columns[0]];
        return new Word(adjective is null ? id : id + "/" + adjective["word"], forms);
    }

    private static bool Clashes(Word a, Word b)
    {
        if (string.Equals(a.Id, b.Id, StringComparison.Ordinal))
            return true;
        string[] first = a.Id.Split('/'), second = b.Id.Split('/');
        return first.Length == 2 && second.Length == 2 && (first[0] == second[0] || first[1] == second[1]);
    }
}
