using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Bleu;

/// <summary>BLEU (Papineni et al. 2002) of a corpus or a sentence, 0 to 100.</summary>
/// <param name="Score">Brevity penalty times the geometric mean of the precisions.</param>
/// <param name="Counts">Matching n-grams by order; with k added where smoothing adds it.</param>
/// <param name="Totals">All n-grams of the texts by order; likewise.</param>
/// <param name="Precisions">0 to 100 by order.</param>
/// <param name="BrevityPenalty">1 if the texts are longer than their references.</param>
/// <param name="TextLength">Tokens of the texts.</param>
/// <param name="ReferenceLength">Tokens of the references that are nearest in length.</param>
public sealed record BleuScore(double Score, IReadOnlyList<double> Counts, IReadOnlyList<double> Totals, IReadOnlyList<double> Precisions, double BrevityPenalty, int TextLength, int ReferenceLength)
{
    /// <summary>The line that sacreBLEU prints.</summary>
    public override string ToString()
    {
        string precisions = string.Join('/', Precisions.Select(p => PythonNumber.Fixed(p, 1)));
        double ratio = ReferenceLength == 0 ? 0 : (double)TextLength / ReferenceLength;
        return $"BLEU = {PythonNumber.Fixed(Score, 2)} {precisions} (BP = {PythonNumber.Fixed(BrevityPenalty, 3)} ratio = {PythonNumber.Fixed(ratio, 3)} hyp_len = {TextLength} ref_len = {ReferenceLength})";
    }
}
