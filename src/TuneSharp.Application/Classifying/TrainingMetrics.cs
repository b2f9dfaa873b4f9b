using TuneSharp.Data.Classification;
using TuneSharp.Evaluation.Classification;

namespace TuneSharp.Application.Classifying;

/// <summary>What is measured on the validation rows while a classifier trains, beside the loss.</summary>
internal static class TrainingMetrics
{
    public static IReadOnlyList<string> Names(LabelSpace labels) => [.. ClassifierScores.NumbersOf(labels.Problem).Skip(1).Select(number => number.Name)];

    public static IReadOnlyDictionary<string, double> Of(LabelSpace labels, IReadOnlyList<float[]> logits, IReadOnlyList<float[]> targets) =>
        ClassifierScores.Of(labels.Problem, labels.Names, logits, targets).Numbers.Skip(1).ToDictionary(number => number.Number.Name, number => number.Value);
}
