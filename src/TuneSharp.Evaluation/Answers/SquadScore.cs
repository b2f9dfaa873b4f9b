using System.Text.RegularExpressions;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Answers;

/// <summary>
/// Exact match and token F1 of answers to questions as the script of SQuAD 2.0 defines them: lower case, without ASCII
/// punctuation and the English articles. Two empty answers agree. Scores are 0 to 1.
/// </summary>
public static partial class SquadScore
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    public static string Normalize(string text)
    {
        string bare = string.Concat(PythonText.Lower(text).Where(c => !Punctuation.Contains(c)));
        return string.Join(' ', PythonText.Split(Articles().Replace(bare, " ")));
    }

    /// <summary>1 if the answer equals one of the references.</summary>
    public static double Exact(string answer, IReadOnlyList<string> references) => references.Any(reference => Normalize(reference) == Normalize(answer)) ? 1 : 0;

    /// <summary>F1 of the words, with the reference that is best.</summary>
    public static double F1(string answer, IReadOnlyList<string> references)
    {
        List<string> words = PythonText.Split(Normalize(answer));
        return references.Max(reference => TokenF1.Of(words, PythonText.Split(Normalize(reference))));
    }

    [GeneratedRegex(@"\b(?:a|an|the)\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Articles();
}
