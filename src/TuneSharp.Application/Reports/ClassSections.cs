using TuneSharp.Application.Measuring;

namespace TuneSharp.Application.Reports;

/// <summary>What the report shows of a classifier: each class in numbers, what is taken for what, and rows that it got wrong.</summary>
internal sealed class ClassSections(Html html, ReportWording words)
{
    private const int MostMistakes = 10, MostRows = 20, LongestText = 600;

    public void Write(EvaluationFile file)
    {
        MeasuredModel[] models = [.. file.Models.Where(model => model.Classes is not null)];
        if (models.Length > 0) PerClass(models);
        foreach (MeasuredModel model in models) Confusion(model);
        WrongRows(file);
    }

    // Of several models F1 side by side; the last one's precision and recall too.
    private void PerClass(MeasuredModel[] models)
    {
        MeasuredClasses last = models[^1].Classes!;
        MeasuredModel[] others = [.. models.SkipLast(1).Where(model => model.Classes!.Classes.Select(one => one.Name).SequenceEqual(last.Classes.Select(one => one.Name)))];
        html.Leaf("h3", words.PerClass(models[^1].Name));
        ReportPage.Table(html, [words.Class, words.Precision, words.Recall, .. others.Select(other => $"F1 {other.Name}"), others.Length == 0 ? "F1" : $"F1 {models[^1].Name}", words.Support, words.PredictedRows], 1,
            [.. last.Classes.Select((one, i) => Row(one, others.Select(other => other.Classes!.Classes[i]))), .. last.Averages.Select((average, i) => Row(average with { Name = words.Average(average.Name) }, others.Select(other => other.Classes!.Averages[i])))]);
    }

    private static IReadOnlyList<Cell> Row(MeasuredClass one, IEnumerable<MeasuredClass> others) =>
        [one.Name, Percent(one.Precision), Percent(one.Recall), .. others.Select(other => (Cell)Percent(other.F1)), Percent(one.F1), $"{one.Support}", $"{one.Predicted}"];

    private void Confusion(MeasuredModel model)
    {
        if (model.Classes?.Confusion is null) return;
        ConfusionChart.Write(html, words.Confusion(model.Name), words.Truth, words.Predicted, model.Classes);
        (int Rows, string Truth, string Predicted)[] mistakes = [.. model.Classes.Mistakes().Take(MostMistakes)];
        if (mistakes.Length == 0) return;
        html.Leaf("h3", words.MostConfused(model.Name));
        ReportPage.Table(html, [words.Truth, words.Predicted, words.Rows], 2, mistakes.Select(mistake => (IReadOnlyList<Cell>)[mistake.Truth, mistake.Predicted, $"{mistake.Rows}"]));
    }

    private void WrongRows(EvaluationFile file)
    {
        MeasuredModel last = file.Models[^1];
        int[] wrong = [.. last.FromWorst.Where(row => last.Classes is null || last.Rows[row].Score < 1).Take(MostRows)];
        if (wrong.Length == 0) return;
        html.Leaf("h3", last.Classes is null ? words.FarthestRows(last.Name) : words.WrongRows(last.Name, last.Rows.Count(row => row.Score < 1), last.Rows.Count));
        bool sameRows = file.Models.All(model => model.Rows.Count == last.Rows.Count);
        MeasuredModel[] shown = sameRows ? [.. file.Models] : [last];
        ReportPage.Table(html, [words.TextWord, words.Truth, .. shown.Select(model => model.Name)], int.MaxValue,
            wrong.Select(row => (IReadOnlyList<Cell>)[Short(last.Rows[row].Question), last.Rows[row].Reference, .. shown.Select(model => Answer(model.Rows[row]))]));
    }

    private static Cell Answer(MeasuredAnswer row) => new(row.Answer.Length == 0 ? "–" : row.Answer, row.Score is null or < 0 ? "" : row.Score == 1 ? "good" : "bad");

    private static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText] + " …";

    private static string Percent(double share) => $"{100 * share:0.0}";
}
