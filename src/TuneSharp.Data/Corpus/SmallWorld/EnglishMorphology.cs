using TuneSharp.Data.Corpus.Grammars;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>English forms: <c>a red kite</c>, <c>the red kite</c>, <c>his</c>, <c>in the park</c>.</summary>
internal sealed class EnglishMorphology(Grammar grammar) : Morphology(grammar)
{
    protected override Dictionary<string, string> Forms(
        WordKind kind, IReadOnlyDictionary<string, string> row, IReadOnlyDictionary<string, string>? adjective) => kind.Name switch
        {
            "person" => Person(row["he"]),
            "item" => Item(row["noun"], adjective!["word"]),
            "place" => Place(row["name"], row["preposition"]),
            "use" or "animal" or "job" => Noun(row["noun"]),
            _ => [],
        };

    private static Dictionary<string, string> Person(string he) => new(StringComparer.Ordinal)
    {
        ["him"] = he == "he" ? "him" : "her",
        ["his"] = he == "he" ? "his" : "her",
    };

    private static Dictionary<string, string> Item(string noun, string adjective) => new(StringComparer.Ordinal)
    {
        [""] = $"{adjective} {noun}",
        ["a"] = $"{Article(adjective)} {adjective} {noun}",
        ["the"] = $"the {adjective} {noun}",
        ["thing"] = noun,
        ["the.thing"] = "the " + noun,
        ["adj"] = adjective,
    };

    private static Dictionary<string, string> Place(string name, string preposition) => new(StringComparer.Ordinal)
    {
        ["at"] = $"{preposition} the {name}",
        ["to"] = "to the " + name,
        ["the"] = "the " + name,
    };

    private static Dictionary<string, string> Noun(string noun) => new(StringComparer.Ordinal)
    {
        ["a"] = $"{Article(noun)} {noun}",
        ["the"] = "the " + noun,
    };

    private static string Article(string word) => word[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";
}
