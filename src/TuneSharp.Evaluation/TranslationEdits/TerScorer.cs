using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.TranslationEdits;

/// <param name="Score">Edits per word of the reference, times 100: lower is better.</param>
/// <param name="NumEdits">Insertions, deletions, substitutions and shifts.</param>
/// <param name="ReferenceLength">Words of the references, on average where a text has several.</param>
public sealed record TerScore(double Score, long NumEdits, double ReferenceLength);

/// <summary>Translation edit rate (Snover et al. 2006) as sacreBLEU computes it: a run of words that moves elsewhere is one edit.</summary>
public sealed class TerScorer(TerOptions options)
{
    private readonly TerOptions _options = options;

    public TerScore Corpus(IReadOnlyList<string> texts, IReadOnlyList<IReadOnlyList<string>> references)
    {
        long edits = 0;
        double length = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            TerScore one = Sentence(texts[i], references[i]);
            edits += one.NumEdits;
            length += one.ReferenceLength;
        }
        return Of(edits, length);
    }

    public TerScore Sentence(string text, IReadOnlyList<string> references)
    {
        string[] words = Words(text);
        string[][] expected = [.. references.Select(Words)];
        return Of(expected.Min(reference => ShiftSearch.Edits(words, reference)), expected.Average(reference => reference.Length));
    }

    private string[] Words(string text) => [.. PythonText.Split(TerTokenizer.Tokenize(PythonText.TrimEnd(text), _options))];

    private static TerScore Of(long edits, double length) => new(100 * (length > 0 ? edits / length : edits > 0 ? 1 : 0), edits, length);
}
