namespace TuneSharp.Data.Corpus.Grammars;

/// <summary>
/// The forms of one word or thing: <c>forms["his"]</c>; the form without a name (<c>""</c>) is how it is called.
/// </summary>
internal sealed record Word(string Id, IReadOnlyDictionary<string, string> Forms);

/// <summary>A list of words of one kind (<c>@person A B C = name he</c>) and the variables that stand for one of them.</summary>
internal sealed class WordKind(string name, IReadOnlyList<string> variables, IReadOnlyList<string> columns)
{
    public string Name { get; } = name;

    public IReadOnlyList<string> Variables { get; } = variables;

    /// <summary>The names of the columns; the first one is the word itself.</summary>
    public IReadOnlyList<string> Columns { get; } = columns;

    public List<IReadOnlyDictionary<string, string>> Rows { get; } = [];
}
