using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Data;
using TuneSharp.Formats;
using TuneSharp.Models.Settings;
using TuneSharp.Tokenizers;

namespace TuneSharp.Application.Classifying;

/// <summary>Measures classifiers on the rows of a file: each class's precision, recall and F1, what is taken for what; or how near values are met.</summary>
public sealed class EvaluateClassifier(TimeProvider clock)
{
    /// <summary>All of the models, or none, are classifiers.</summary>
    /// <exception cref="InvalidInputException">Some are and some are not.</exception>
    public static bool Takes(IReadOnlyList<ModelReference> references)
    {
        bool[] classifiers = [.. references.Select(LoadedClassifier.Is)];
        if (classifiers.Distinct().Count() < 2) return classifiers[0];
        throw new InvalidInputException($"{references[Array.IndexOf(classifiers, false)].Name} is no classifier, and {references[Array.IndexOf(classifiers, true)].Name} is one: they have no measure in common.", null, "Measure them apart.");
    }

    /// <param name="rows">With labels.</param>
    /// <param name="data">How long texts are cut.</param>
    /// <param name="metrics">Names of the numbers that were asked for; null: all.</param>
    /// <param name="threads">Null: one for each core.</param>
    /// <param name="progress">Told how many rows of how many are done.</param>
    /// <exception cref="InvalidInputException">Data or model cannot be used.</exception>
    public EvaluationResult Execute(ModelReference reference, IReadOnlyList<LabelledRow> rows, DataSettings data, IReadOnlyList<string>? metrics, int? threads, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(data);
        using LoadedClassifier classifier = LoadedClassifier.Load(reference, new ModelSettings(), threads);
        long start = clock.GetTimestamp();
        var classify = new ClassifyRows(classifier, longest: data.MaxLength, cutSide: data.OverlongRows == OverlongRows.TruncateStart ? TextSide.Left : TextSide.Right);
        var measure = new ClassifierMeasure(reference.Name, metrics);
        int done = 0, cut = 0;
        foreach (Prediction prediction in classify.Run(rows, cancellation))
        {
            measure.Add(prediction);
            if (prediction.IsCut) cut++;
            progress?.Invoke(++done, rows.Count);
        }
        return measure.Result(clock.GetElapsedTime(start)) with { Cut = cut };
    }
}
