using System.Text.RegularExpressions;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Rouge;

/// <summary>ROUGE-1, -2 and -L of a text in Chinese.</summary>
public sealed record ChineseRougeScores(RougeScore Rouge1, RougeScore Rouge2, RougeScore RougeL);

/// <summary>
/// ROUGE as the package rouge_chinese computes it, which LLaMA-Factory calls: ROUGE-1 and -2 compare sets of n-grams, ROUGE-L
/// is the longest common subsequence of the whole texts, and F has 1e-8 in its denominator (equal texts: 0.999999995).
/// </summary>
public static partial class ChineseRouge
{
    /// <summary>By characters: what can be done without a dictionary of words.</summary>
    public static ChineseRougeScores Score(string prediction, string reference) => Score(Han.Units(prediction), Han.Units(reference));

    /// <summary>By words that were divided elsewhere, as by jieba. A text without any word scores 0.</summary>
    public static ChineseRougeScores Score(IReadOnlyList<string> predictedWords, IReadOnlyList<string> referenceWords)
    {
        string predictedText = string.Join(' ', predictedWords), referenceText = string.Join(' ', referenceWords);
        if (PythonText.Split(predictedText).Count == 0 || PythonText.Split(referenceText).Count == 0) return new ChineseRougeScores(default, default, default);
        List<string> predicted = Tokens(predictedText), expected = Tokens(referenceText);
        int common = CommonSubsequence.Length(expected, predicted);
        return new ChineseRougeScores(OfSets(predicted, expected, 1), OfSets(predicted, expected, 2), Of(common, predicted.Count, expected.Count));
    }

    // The package divides the joined words into sentences first, and a line of nothing but blanks becomes one empty token:
    // that changes the counts, so it is repeated here.
    private static List<string> Tokens(string text)
    {
        text = AfterStop().Replace(text, "${a}\n${b}");
        text = AfterSixDots().Replace(text, "${a}\n${b}");
        text = AfterEllipsis().Replace(text, "${a}\n${b}");
        text = AfterQuote().Replace(text, "${a}\n${b}");
        return [.. PythonText.TrimEnd(text).Split('\n').Where(line => line.Length > 0).SelectMany(line => string.Join(' ', PythonText.Split(line)).Split(' '))];
    }

    private static RougeScore OfSets(List<string> predicted, List<string> expected, int n)
    {
        Dictionary<string, int> a = NGrams.Count(predicted, n), b = NGrams.Count(expected, n);
        return Of(a.Keys.Count(b.ContainsKey), a.Count, b.Count);
    }

    private static RougeScore Of(int shared, int numPredicted, int numExpected)
    {
        double precision = numPredicted == 0 ? 0 : (double)shared / numPredicted;
        double recall = numExpected == 0 ? 0 : (double)shared / numExpected;
        return new RougeScore(precision, recall, 2 * (precision * recall / (precision + recall + 1e-8)));
    }

    [GeneratedRegex("(?<a>[。！？?])(?<b>[^”’])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AfterStop();

    [GeneratedRegex(@"(?<a>\.{6})(?<b>[^”’])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AfterSixDots();

    [GeneratedRegex("(?<a>…{2})(?<b>[^”’])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AfterEllipsis();

    [GeneratedRegex("(?<a>[。！？?][”’])(?<b>[^，。！？?])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AfterQuote();
}
