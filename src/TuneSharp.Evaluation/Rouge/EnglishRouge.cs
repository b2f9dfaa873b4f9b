using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Rouge;

/// <summary>
/// ROUGE (Lin 2004) as the package rouge_score computes it, which the field quotes. Tokens are runs of a–z and 0–9 in lower
/// case, so a Chinese text scores 0 here: <see cref="ChineseRouge"/> is for those.
/// </summary>
public static class EnglishRouge
{
    /// <param name="prediction">What the model wrote.</param>
    /// <param name="reference">What was expected.</param>
    /// <param name="stem">Words longer than three letters are compared by their Porter stem.</param>
    public static RougeScores Score(string prediction, string reference, bool stem = true)
    {
        List<string> predicted = Tokens(prediction, stem), expected = Tokens(reference, stem);
        return new RougeScores(OfNGrams(predicted, expected, 1), OfNGrams(predicted, expected, 2), OfNGrams(predicted, expected, 3),
            OfSubsequence(predicted, expected), OfSummary(Sentences(prediction, stem), Sentences(reference, stem)));
    }

    /// <summary>For each kind the reference with the best F-measure.</summary>
    public static RougeScores ScoreBest(string prediction, IReadOnlyList<string> references, bool stem = true) =>
        references.Select(reference => Score(prediction, reference, stem)).Aggregate((best, next) => best.Best(next));

    /// <summary>Runs of a–z and 0–9 of the text in lower case.</summary>
    public static List<string> Tokens(string text, bool stem)
    {
        string lower = PythonText.Lower(text);
        var tokens = new List<string>();
        for (int i = 0; i < lower.Length;)
        {
            if (!IsTokenCharacter(lower[i]))
            {
                i++;
                continue;
            }
            int start = i;
            while (i < lower.Length && IsTokenCharacter(lower[i])) i++;
            string token = lower[start..i];
            tokens.Add(stem && token.Length > 3 ? PorterStemmer.Stem(token) : token);
        }
        return tokens;
    }

    private static bool IsTokenCharacter(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static List<List<string>> Sentences(string text, bool stem) => [.. text.Split('\n').Where(line => line.Length > 0).Select(line => Tokens(line, stem))];

    private static RougeScore OfNGrams(List<string> predicted, List<string> expected, int n)
    {
        int overlap = NGrams.Overlap(NGrams.Count(predicted, n), NGrams.Count(expected, n));
        return RougeScore.Of((double)overlap / Math.Max(predicted.Count - n + 1, 1), (double)overlap / Math.Max(expected.Count - n + 1, 1));
    }

    private static RougeScore OfSubsequence(List<string> predicted, List<string> expected)
    {
        if (predicted.Count == 0 || expected.Count == 0) return default;
        int common = CommonSubsequence.Length(expected, predicted);
        return RougeScore.Of((double)common / predicted.Count, (double)common / expected.Count);
    }

    // Summary level: each line of the reference against all lines of the text, the union of what they share; no token is
    // counted more often than either text has it.
    private static RougeScore OfSummary(List<List<string>> predicted, List<List<string>> expected)
    {
        int numPredicted = predicted.Sum(line => line.Count), numExpected = expected.Sum(line => line.Count);
        if (numPredicted == 0 || numExpected == 0) return default;
        Dictionary<string, int> leftPredicted = NGrams.Count([.. predicted.SelectMany(line => line)], 1), leftExpected = NGrams.Count([.. expected.SelectMany(line => line)], 1);
        int hits = 0;
        foreach (List<string> line in expected)
        {
            var union = new SortedSet<int>();
            foreach (List<string> other in predicted) union.UnionWith(CommonSubsequence.Positions(line, other));
            foreach (string token in union.Select(position => line[position]))
            {
                if (leftPredicted.GetValueOrDefault(token) == 0 || leftExpected.GetValueOrDefault(token) == 0) continue;
                hits++;
                leftPredicted[token]--;
                leftExpected[token]--;
            }
        }
        return RougeScore.Of((double)hits / numPredicted, (double)hits / numExpected);
    }
}
