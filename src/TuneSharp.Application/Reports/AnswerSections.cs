using TuneSharp.Application.Measuring;
using TuneSharp.Evaluation.Metrics;

namespace TuneSharp.Application.Reports;

/// <summary>Measured numbers as a table, and answers of the models side by side.</summary>
internal sealed class AnswerSections(Html html, ReportWording words)
{
    private const int NumSamples = 5, NumExtremes = 5;

    // A long answer is shown as far as this; the answers file has all of it.
    private const int LongestText = 4000;

    public void WriteNumbers(EvaluationFile file)
    {
        IReadOnlyList<MeasuredModel> models = file.Models;
        bool two = models.Count == 2;
        MeasuredValue[] numbers = [.. models.SelectMany(model => model.Numbers).DistinctBy(number => number.Name)];
        IEnumerable<IReadOnlyList<Cell>> rows = numbers.Select(number =>
        {
            var shown = new MetricNumber(number.Name, number.Scale, number.HigherIsBetter);
            double?[] values = [.. models.Select(model => model.Numbers.FirstOrDefault(other => other.Name == number.Name)?.Value)];
            List<Cell> cells = [words.MetricName(number.Name), .. values.Select(value => (Cell)(value is { } known ? NumberText.Of(known, shown) : "–"))];
            if (two) cells.Add(values is [{ } from, { } to] ? new Cell(NumberText.Change(from, to, shown), Direction(to - from, number.HigherIsBetter)) : "");
            return (IReadOnlyList<Cell>)cells;
        });
        IReadOnlyList<Cell> counts = [words.Rows, .. models.Select(model => (Cell)$"{model.NumRows}"), .. two ? [(Cell)""] : Array.Empty<Cell>()];
        ReportPage.Table(html, [words.Metric, .. models.Select(model => model.Name), .. two ? [words.Change] : Array.Empty<string>()], 1, rows.Prepend(counts));
    }

    /// <summary>Of two models: how much better the second one's answers are, row by row, and whether chance would do as much.</summary>
    public void WriteDifference(EvaluationFile file)
    {
        if (file.Models is not [{ RowMetric: { } metric } first, { } second] || second.RowMetric != metric) return;
        if (first.Rows.Concat(second.Rows).Any(row => row.Score is null)) return;
        if (ScoreDifference.Of([.. first.Rows.Select(row => row.Score!.Value)], [.. second.Rows.Select(row => row.Score!.Value)]) is { } difference)
            html.Leaf("p", words.Difference(metric, difference), ("class", "soft"));
    }

    /// <summary>The first rows, then those that the last model did worst and best on.</summary>
    public void WriteAnswers(EvaluationFile file)
    {
        MeasuredModel last = file.Models[^1];
        if (last.Rows.Count == 0 || file.Models.Any(model => model.Rows.Count != last.Rows.Count)) return;
        WriteRows(file, words.Answers, Enumerable.Range(0, Math.Min(NumSamples, last.Rows.Count)), asHeading: true);
        if (last.RowMetric is null) return;
        IReadOnlyList<int> order = last.FromWorst;
        WriteRows(file, words.Worst(last.RowMetric), order.Take(NumExtremes), asHeading: false);
        WriteRows(file, words.Best(last.RowMetric), order.Reverse().Take(NumExtremes), asHeading: false);
    }

    /// <summary>One question with the reference, if there is one, and each model's answer in a column.</summary>
    public void WriteAnswer(string question, string? reference, IEnumerable<(string Name, string Answer, string? Score)> answers)
    {
        using (html.Open("article"))
        {
            Labelled(words.Question, question);
            if (!string.IsNullOrEmpty(reference)) Labelled(words.Reference, reference);
            using (html.Open("div", ("class", "pair")))
            {
                foreach ((string name, string answer, string? score) in answers)
                {
                    using (html.Open("div")) Labelled(score is null ? name : $"{name} · {score}", answer.Length == 0 ? words.Empty : answer);
                }
            }
        }
    }

    private void WriteRows(EvaluationFile file, string heading, IEnumerable<int> rows, bool asHeading)
    {
        html.Leaf(asHeading ? "h2" : "h3", heading);
        foreach (int row in rows)
        {
            MeasuredAnswer first = file.Models[0].Rows[row];
            WriteAnswer(first.Question, first.Reference, file.Models.Select(model => (model.Name, model.Rows[row].Answer, model.Rows[row].Score is { } score ? $"{model.RowMetric} {score:0.000}" : null)));
        }
    }

    private void Labelled(string label, string text)
    {
        html.Leaf("p", label, ("class", "label"));
        html.Leaf("p", text.Length <= LongestText ? text : text[..LongestText] + " …", ("class", "words"));
    }

    private static string Direction(double change, bool? higherIsBetter) => higherIsBetter is not { } higher || change == 0 || double.IsNaN(change) ? "" : change > 0 == higher ? "good" : "bad";
}
