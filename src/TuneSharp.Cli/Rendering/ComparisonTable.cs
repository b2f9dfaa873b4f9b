using Spectre.Console;
using TuneSharp.Application.Comparing;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>Answers side by side: columns on a screen that is wide enough, below each other elsewhere.</summary>
internal sealed class ComparisonTable(CommandHost host)
{
    private const int NarrowestColumn = 24;

    public void Write(Comparison comparison)
    {
        if (host.Terminal.IsScreen && host.Terminal.Width / (comparison.Models.Count + 1) >= NarrowestColumn) WriteColumns(comparison);
        else WriteLines(comparison);
        for (int m = 1; m < comparison.Models.Count; m++)
            host.Line(CompareTexts.Same, comparison.Rows.Count(row => row.Answers[m].Text == row.Answers[0].Text), comparison.Rows.Count, comparison.Models[m], comparison.Models[0]);
    }

    private void WriteColumns(Comparison comparison)
    {
        var table = new Table().Border(TableBorder.Rounded).ShowRowSeparators();
        foreach (string heading in comparison.Models.Prepend(host.Words[CompareTexts.Prompt])) table.AddColumn(Markup.Escape(heading));
        foreach (ComparedPrompt row in comparison.Rows)
            table.AddRow([.. row.Answers.Select(answer => answer.Text).Prepend(row.Prompt).Select(text => Markup.Escape(EvaluationTable.Plain(text)))]);
        host.Terminal.Console.Write(table);
    }

    private void WriteLines(Comparison comparison)
    {
        foreach (ComparedPrompt row in comparison.Rows)
        {
            host.Line(EvalTexts.Question, EvaluationTable.Plain(row.Prompt));
            if (row.Reference is { } reference) host.Line(EvalTexts.Reference, EvaluationTable.Plain(reference));
            foreach ((string name, ComparedAnswer answer) in comparison.Models.Zip(row.Answers)) host.Line(EvalTexts.Answer, name, EvaluationTable.Plain(answer.Text));
            host.Terminal.Out.WriteLine();
        }
    }
}
