using TuneSharp.Data.Corpus.Grammars;

namespace TuneSharp.Data.Corpus.SmallWorld;

/// <summary>Chinese forms: <c>一只红色的风筝</c>, <c>那只红色的风筝</c>, <c>在公园里</c>.</summary>
internal sealed class ChineseMorphology(Grammar grammar) : Morphology(grammar)
{
    protected override Dictionary<string, string> Forms(
        WordKind kind, IReadOnlyDictionary<string, string> row, IReadOnlyDictionary<string, string>? adjective) => kind.Name switch
        {
            "item" => Item(row["noun"], row["measure"], adjective!["word"]),
            "place" => new(StringComparer.Ordinal) { ["loc"] = row["at"], ["at"] = "在" + row["at"] },
            "use" or "animal" => new(StringComparer.Ordinal) { ["a"] = $"一{row["measure"]}{row["noun"]}" },
            _ => [],
        };

    private static Dictionary<string, string> Item(string noun, string measure, string adjective) => new(StringComparer.Ordinal)
    {
        [""] = $"{adjective}的{noun}",
        ["a"] = $"一{measure}{adjective}的{noun}",
        ["the"] = $"那{measure}{adjective}的{noun}",
        ["thing"] = noun,
        ["adj"] = adjective,
    };
}
