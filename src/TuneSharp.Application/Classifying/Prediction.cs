using System.Globalization;
using TuneSharp.Data;
using TuneSharp.Data.Classification;
using TuneSharp.Evaluation.Classification;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Application.Classifying;

/// <summary>What a classifier says of a row.</summary>
/// <param name="Row">Text, and label where the file has one.</param>
/// <param name="Logits">Outputs of the head, [K].</param>
/// <param name="Labels">What they stand for.</param>
/// <param name="IsCut">The text was longer than the model's context and lost its end.</param>
public sealed record Prediction(LabelledRow Row, float[] Logits, LabelSpace Labels, bool IsCut)
{
    /// <summary>Of each class; of a regression the values themselves. [K].</summary>
    public double[] Scores { get; } = Decisions.Probabilities(Labels.Problem, Logits);

    /// <summary>The class, the classes (best first), or nothing for values.</summary>
    public IReadOnlyList<string> Classes => Labels.Problem switch
    {
        ProblemType.SingleLabelClassification => [Labels.Names[Decisions.Best(Logits)]],
        ProblemType.MultiLabelClassification => [.. Decisions.Chosen(Logits).Select((chosen, i) => (chosen, i)).Where(pair => pair.chosen).OrderByDescending(pair => Logits[pair.i]).Select(pair => Labels.Names[pair.i])],
        _ => [],
    };

    /// <summary>Probability of the class; the lowest of several; null for values and where no class was chosen.</summary>
    public double? Probability => Classes.Count == 0 ? null : Classes.Min(name => Scores[Labels.IndexOf(name)!.Value]);

    /// <summary>The prediction as people read it.</summary>
    public string Answer => Labels.Problem == ProblemType.Regression ? string.Join(", ", Scores.Select(score => score.ToString("0.######", CultureInfo.InvariantCulture))) : string.Join(", ", Classes);
}
