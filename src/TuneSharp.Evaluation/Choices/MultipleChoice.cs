using System.Text;
using TuneSharp.Evaluation.Texts;

namespace TuneSharp.Evaluation.Choices;

/// <summary>
/// A question with given choices, scored by the log-likelihood that a model gives each, as lm-evaluation-harness does it.
/// Of equal values the first wins.
/// </summary>
/// <param name="Accuracy">1 if the right choice is the likeliest.</param>
/// <param name="NormalizedAccuracy">The same per character of the choice.</param>
/// <param name="ByteAccuracy">The same per UTF-8 byte.</param>
/// <param name="MutualInformationAccuracy">The same less what the choice has without the question; null without that.</param>
/// <param name="ExactMatch">1 if greedy decoding writes the right choice.</param>
/// <param name="Probabilities">Softmax over the choices.</param>
/// <param name="Brier">Sum of the squared distances from certainty, 0 to 2.</param>
public sealed record MultipleChoice(double Accuracy, double NormalizedAccuracy, double ByteAccuracy, double? MutualInformationAccuracy, double ExactMatch, IReadOnlyList<double> Probabilities, double Brier)
{
    public static MultipleChoice Of(IReadOnlyList<string> choices, int gold, IReadOnlyList<double> logLikelihoods, IReadOnlyList<bool> isGreedy, IReadOnlyList<double>? unconditional)
    {
        double highest = logLikelihoods.Max();
        double[] weights = [.. logLikelihoods.Select(l => Math.Exp(l - highest))];
        double[] probabilities = [.. weights.Select(w => w / weights.Sum())];
        return new MultipleChoice(
            IsBest(logLikelihoods, gold),
            IsBest([.. logLikelihoods.Select((l, i) => l / CodePoints.Of(choices[i]).Count)], gold),
            IsBest([.. logLikelihoods.Select((l, i) => l / Encoding.UTF8.GetByteCount(choices[i]))], gold),
            unconditional is null ? null : IsBest([.. logLikelihoods.Zip(unconditional, (l, u) => l - u)], gold),
            isGreedy[gold] ? 1 : 0, probabilities, probabilities.Select((p, i) => (p - (i == gold ? 1 : 0)) * (p - (i == gold ? 1 : 0))).Sum());
    }

    private static double IsBest(double[] values, int gold) => Array.IndexOf(values, values.Max()) == gold ? 1 : 0;

    private static double IsBest(IReadOnlyList<double> values, int gold) => IsBest([.. values], gold);
}
