using TuneSharp.Evaluation.Classification;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Application.Measuring;

/// <summary>How well a model tells classes apart, class by class.</summary>
/// <param name="Problem">What its outputs mean.</param>
/// <param name="Classes">In the order of the head.</param>
/// <param name="Averages">micro, macro, weighted, and samples where rows have several classes.</param>
/// <param name="Confusion">[truth][prediction] rows; null where a row has not just one class.</param>
public sealed record MeasuredClasses(ProblemType Problem, IReadOnlyList<MeasuredClass> Classes, IReadOnlyList<MeasuredClass> Averages, IReadOnlyList<IReadOnlyList<int>>? Confusion)
{
    /// <returns>Null for values, which have no classes.</returns>
    public static MeasuredClasses? Of(ProblemType problem, ClassifierScores scores) => scores.Classes.Count == 0 ? null : new MeasuredClasses(problem,
        [.. scores.Classes.Select(one => new MeasuredClass(one.Name, one.Score.Precision, one.Score.Recall, one.Score.F, one.Support, one.Predicted))],
        [.. scores.Averages.Select(average => new MeasuredClass(average.Name, average.Score.Precision, average.Score.Recall, average.Score.F, scores.Classes.Sum(one => one.Support), scores.Classes.Sum(one => one.Predicted)))],
        scores.Confusion);

    /// <summary>The classes that are taken for another most often: rows, of which class, for which.</summary>
    public IEnumerable<(int Rows, string Truth, string Predicted)> Mistakes() => Confusion is null ? [] :
        from truth in Enumerable.Range(0, Confusion.Count)
        from predicted in Enumerable.Range(0, Confusion.Count)
        where truth != predicted && Confusion[truth][predicted] > 0
        orderby Confusion[truth][predicted] descending, truth, predicted
        select (Confusion[truth][predicted], Classes[truth].Name, Classes[predicted].Name);
}

/// <summary>One class, or an average over classes.</summary>
/// <param name="Support">Rows that are of the class.</param>
/// <param name="Predicted">Rows that were taken for it.</param>
public sealed record MeasuredClass(string Name, double Precision, double Recall, double F1, int Support, int Predicted);
