using TuneSharp.Application.Measuring;
using TuneSharp.Cli.Texts;
using TuneSharp.Evaluation.Answers;
using TuneSharp.Evaluation.Metrics;

namespace TuneSharp.Cli.Rendering;

/// <summary>Measurements as a table, and answers of several models side by side.</summary>
internal sealed class EvaluationTable(CommandHost host)
{
    // More numbers than these go below each other: a screen is higher than it is wide.
    private const int MostColumns = 3;

    /// <summary>One line a model: loss, perplexity, exact match.</summary>
    public void Write(IReadOnlyList<EvaluationResult> results)
    {
        Wording words = host.Words;
        var grid = new Grid(words[EvalTexts.ColumnModel], words[EvalTexts.ColumnRows], words[EvalTexts.ColumnTokens], words[EvalTexts.ColumnLoss], words[EvalTexts.ColumnPerplexity], words[EvalTexts.ColumnExact])
        {
            Numbers = { 1, 2, 3, 4, 5 },
        };
        foreach (EvaluationResult result in results)
            grid.Add(result.Name, $"{result.Rows}", $"{result.LabelledTokens}", $"{result.Loss:0.0000}", $"{result.Perplexity:0.00}", result.ExactMatch is { } exact ? $"{100 * exact:0.0} %" : "–");
        grid.Write(host.Terminal);
    }

    /// <summary>The numbers that were asked for: one line a model while they are few, else one line a number with the models side by side.</summary>
    public void WriteNumbers(IReadOnlyList<EvaluationResult> results)
    {
        Wording words = host.Words;
        MetricNumber[] numbers = [.. results.SelectMany(result => result.Numbers.Select(measured => measured.Number)).DistinctBy(number => number.Name)];
        if (numbers.Length <= MostColumns)
        {
            bool tokens = results.Any(result => !result.IsClassifier);
            var grid = new Grid([words[EvalTexts.ColumnModel], words[EvalTexts.ColumnRows], .. tokens ? [words[EvalTexts.ColumnTokens]] : Array.Empty<string>(), .. numbers.Select(Heading)]);
            grid.Numbers.UnionWith(Enumerable.Range(1, numbers.Length + 2));
            foreach (EvaluationResult result in results) grid.Add([result.Name, $"{result.Rows}", .. tokens ? [$"{result.LabelledTokens}"] : Array.Empty<string>(), .. numbers.Select(number => Value(result, number))]);
            grid.Write(host.Terminal);
            return;
        }

        bool two = results.Count == 2;
        string[] headings = [words[EvalTexts.ColumnMetric], .. results.Select(result => result.Name), .. two ? [words[EvalTexts.ColumnChange]] : Array.Empty<string>()];
        var table = new Grid(headings);
        table.Numbers.UnionWith(Enumerable.Range(1, headings.Length - 1));
        table.Add([words[EvalTexts.ColumnRows], .. results.Select(result => $"{result.Rows}"), .. two ? [""] : Array.Empty<string>()]);
        foreach (MetricNumber number in numbers)
            table.Add([Heading(number), .. results.Select(result => Value(result, number)), .. two ? [Change(results, number)] : Array.Empty<string>()]);
        table.Write(host.Terminal);
    }

    /// <summary>Of two models: how much better the second one's answers are, row by row, and whether chance would do as much.</summary>
    public void WriteDifference(IReadOnlyList<EvaluationResult> results)
    {
        if (results is not [{ RowMetric: { } metric } first, { } second] || second.RowMetric != metric || ScoreDifference.Of(first.RowScores, second.RowScores) is not { } difference) return;
        host.Line(EvalTexts.Difference, second.Name, first.Name, metric, $"{difference.Mean:+0.000;-0.000;0.000}", $"{difference.Low:0.000}", $"{difference.High:0.000}", difference.PValue < 0.001 ? "p < 0.001" : $"p = {difference.PValue:0.000}");
    }

    /// <param name="results">All with the same rows.</param>
    /// <param name="rows">Which rows to show.</param>
    public void WriteAnswers(IReadOnlyList<EvaluationResult> results, IEnumerable<int> rows)
    {
        foreach (int row in rows)
        {
            GeneratedAnswer first = results[0].Answers[row];
            host.Terminal.Out.WriteLine();
            host.Line(EvalTexts.Question, Plain(first.Question));
            host.Line(EvalTexts.Reference, Plain(first.Reference));
            foreach (EvaluationResult result in results) host.Line(EvalTexts.Answer, result.Name, Plain(result.Answers[row].Answer.Trim()));
        }
    }

    /// <summary>The rows that the last model did worst and best on, by its row score.</summary>
    public void WriteExtremes(IReadOnlyList<EvaluationResult> results, int worst, int best)
    {
        EvaluationResult last = results[^1];
        if (last.RowMetric is null || results.Any(result => result.Answers.Count != last.Answers.Count)) return;
        IReadOnlyList<int> order = last.FromWorst;
        WritePart(EvalTexts.WorstRows, order.Take(worst));
        WritePart(EvalTexts.BestRows, order.Reverse().Take(best));

        void WritePart(Text heading, IEnumerable<int> rows)
        {
            int[] shown = [.. rows];
            if (shown.Length == 0) return;
            host.Terminal.Out.WriteLine();
            host.Line(heading, last.Name, last.RowMetric);
            foreach (int row in shown)
            {
                WriteAnswers(results, [row]);
                host.Line(EvalTexts.RowScore, last.RowMetric, $"{last.RowScores[row]:0.0000}");
            }
        }
    }

    /// <summary>What a model writes must not steer the terminal.</summary>
    internal static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));

    private string Heading(MetricNumber number) => number.Name switch
    {
        "loss" => host.Words[EvalTexts.ColumnLoss],
        "perplexity" => host.Words[EvalTexts.ColumnPerplexity],
        "exact_match" => host.Words[EvalTexts.ColumnExact],
        var other => other,
    };

    private static string Value(EvaluationResult result, MetricNumber number) =>
        result.Numbers.FirstOrDefault(measured => measured.Name == number.Name) is { } found ? NumberText.Of(found.Value, number) : "–";

    private static string Change(IReadOnlyList<EvaluationResult> results, MetricNumber number)
    {
        double[] values = [.. results.SelectMany(result => result.Numbers.Where(measured => measured.Name == number.Name)).Select(measured => measured.Value)];
        return values.Length == 2 ? NumberText.Change(values[0], values[1], number) : "";
    }
}
