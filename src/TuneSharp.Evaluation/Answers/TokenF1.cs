using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Answers;

/// <summary>
/// F1 of the tokens that an answer shares with its reference. Each Chinese character is a token, and so is each run of other
/// letters and digits in lower case; punctuation does not count. Fits both languages, mixed ones too.
/// </summary>
public static class TokenF1
{
    public static List<string> Tokens(string text) => [.. Han.Units(PythonText.Lower(text)).Where(unit => Han.StartsWithLetterOrDigit(unit))];

    /// <summary>0 to 1, with the reference that is best.</summary>
    public static double Score(string answer, IReadOnlyList<string> references)
    {
        List<string> tokens = Tokens(answer);
        return references.Max(reference => Of(tokens, Tokens(reference)));
    }

    /// <summary>1 if the answer has the tokens of one of the references in their order.</summary>
    public static double Exact(string answer, IReadOnlyList<string> references) => references.Any(reference => Tokens(reference).SequenceEqual(Tokens(answer))) ? 1 : 0;

    internal static double Of(IReadOnlyList<string> tokens, IReadOnlyList<string> expected)
    {
        if (tokens.Count == 0 || expected.Count == 0) return tokens.Count == expected.Count ? 1 : 0;
        int shared = NGrams.Overlap(NGrams.Count(tokens, 1), NGrams.Count(expected, 1));
        if (shared == 0) return 0;
        double precision = (double)shared / tokens.Count, recall = (double)shared / expected.Count;
        return 2 * precision * recall / (precision + recall);
    }
}
