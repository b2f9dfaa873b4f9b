namespace TuneSharp.Evaluation.Answers;

/// <summary>
/// The strictest measure of an answer: the same text. White space at both ends does not count, and the three kinds of line
/// ends are one; everything else does, capitals and punctuation too, since a house style may ask for just those.
/// </summary>
public static class ExactMatch
{
    public static bool Agrees(string answer, string reference) => Plain(answer) == Plain(reference);

    /// <summary>Share of the pairs that agree, 0 to 1; NaN of no pairs.</summary>
    public static double Share(IReadOnlyList<(string Answer, string Reference)> pairs) =>
        pairs.Count == 0 ? double.NaN : (double)pairs.Count(p => Agrees(p.Answer, p.Reference)) / pairs.Count;

    private static string Plain(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Trim();
}
