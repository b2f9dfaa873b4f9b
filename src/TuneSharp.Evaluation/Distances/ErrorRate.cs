using System.Text.RegularExpressions;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Distances;

/// <summary>
/// Word and character error rates as jiwer computes them: neither case nor punctuation is touched, blanks are characters.
/// </summary>
/// <param name="Hits">Tokens that stayed.</param>
public sealed partial record ErrorRate(int Hits, int Substitutions, int Deletions, int Insertions)
{
    private int InReference => Hits + Substitutions + Deletions;

    private int InText => Hits + Substitutions + Insertions;

    private int Errors => Substitutions + Deletions + Insertions;

    /// <summary>Errors per token of the reference: WER of words, CER of characters. Above 1 for long texts.</summary>
    public double Rate => InReference == 0 ? InText == 0 ? 0 : 1 : (double)Errors / InReference;

    /// <summary>Match error rate: errors per token of the alignment.</summary>
    public double MatchErrorRate => Errors + Hits == 0 ? 0 : (double)Errors / (Errors + Hits);

    /// <summary>Word information preserved: share of the reference times share of the text.</summary>
    public double InformationPreserved => InReference == 0 ? 0 : InText == 0 ? 0 : (double)Hits / InReference * ((double)Hits / InText);

    public double InformationLost => 1 - InformationPreserved;

    public static ErrorRate operator +(ErrorRate a, ErrorRate b) => new(a.Hits + b.Hits, a.Substitutions + b.Substitutions, a.Deletions + b.Deletions, a.Insertions + b.Insertions);

    public static ErrorRate OfWords(string reference, string text) => Align(Words(reference), Words(text));

    public static ErrorRate OfCharacters(string reference, string text) => Align(CodePoints.Of(PythonText.Trim(reference)), CodePoints.Of(PythonText.Trim(text)));

    // jiwer takes runs of white space for one blank and divides at blanks: a line end inside a text parts no words.
    private static List<string> Words(string text) => [.. PythonText.Trim(ManySpaces().Replace(text, " ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    [GeneratedRegex(@"[\s\u001C-\u001F]{2,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ManySpaces();

    // Among alignments of the same cost the counts are those of jiwer's aligner (rapidfuzz): equal beginnings and ends are hits;
    // between them, from the end: a deletion where it is as good, then an insertion where no substitution is as good.
    private static ErrorRate Align(List<string> reference, List<string> text)
    {
        int start = 0, end = 0, shorter = Math.Min(reference.Count, text.Count);
        while (start < shorter && reference[start] == text[start]) start++;
        while (end < shorter - start && reference[^(end + 1)] == text[^(end + 1)]) end++;
        List<string> a = reference[start..(reference.Count - end)], b = text[start..(text.Count - end)];
        var d = new int[a.Count + 1, b.Count + 1];
        for (int i = 0; i <= a.Count; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Count; j++) d[0, j] = j;
        for (int i = 1; i <= a.Count; i++)
        {
            for (int j = 1; j <= b.Count; j++)
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        }

        int hits = start + end, substitutions = 0, deletions = 0, insertions = 0;
        for (int i = a.Count, j = b.Count; i > 0 || j > 0;)
        {
            if (j == 0 || (i > 0 && d[i, j] == d[i - 1, j] + 1))
            {
                deletions++;
                i--;
            }
            else if (i == 0 || (d[i, j] == d[i, j - 1] + 1 && d[i - 1, j - 1] == d[i, j]))
            {
                insertions++;
                j--;
            }
            else
            {
                if (a[i - 1] == b[j - 1]) hits++;
                else substitutions++;
                i--;
                j--;
            }
        }
        return new ErrorRate(hits, substitutions, deletions, insertions);
    }
}
