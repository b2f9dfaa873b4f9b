using TuneSharp.Application.Measuring;
using TuneSharp.Cli.Texts;
using TuneSharp.Evaluation.Answers;

namespace TuneSharp.Cli.Rendering;

/// <summary>Measurements as a table, and answers of several models side by side.</summary>
internal sealed class EvaluationTable(CommandHost host)
{
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

    /// <summary>What a model writes must not steer the terminal.</summary>
    internal static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));
}
