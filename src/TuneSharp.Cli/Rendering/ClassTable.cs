using TuneSharp.Application.Measuring;
using TuneSharp.Cli.Texts;

namespace TuneSharp.Cli.Rendering;

/// <summary>What a classifier reached, class by class, and what it takes for what.</summary>
internal sealed class ClassTable(CommandHost host)
{
    // A wider matrix does not fit on a screen; then the most frequent mistakes are told.
    private const int WidestMatrix = 10, MostMistakes = 10;

    public void Write(string model, MeasuredClasses measured)
    {
        Wording words = host.Words;
        host.Terminal.Out.WriteLine();
        host.Line(ClassifyTexts.PerClass, EvaluationTable.Plain(model));
        var grid = new Grid(words[ClassifyTexts.Class], words[ClassifyTexts.Precision], words[ClassifyTexts.Recall], "F1", words[ClassifyTexts.Support], words[ClassifyTexts.PredictedRows]) { Numbers = { 1, 2, 3, 4, 5 } };
        foreach (MeasuredClass one in measured.Classes) Add(grid, one, EvaluationTable.Plain(one.Name));
        foreach (MeasuredClass average in measured.Averages) Add(grid, average, words[ClassifyTexts.Average(average.Name)]);
        grid.Write(host.Terminal);
        if (measured.Confusion is null) return;
        host.Terminal.Out.WriteLine();
        if (measured.Confusion.Count <= WidestMatrix) Matrix(measured);
        else Mistakes(measured);
    }

    private static void Add(Grid grid, MeasuredClass one, string name) => grid.Add(name, Percent(one.Precision), Percent(one.Recall), Percent(one.F1), $"{one.Support}", $"{one.Predicted}");

    private void Matrix(MeasuredClasses measured)
    {
        host.Line(ClassifyTexts.Confusion);
        string[] names = [.. measured.Classes.Select(one => EvaluationTable.Plain(one.Name))];
        var grid = new Grid([host.Words[ClassifyTexts.TruthPredicted], .. names]);
        grid.Numbers.UnionWith(Enumerable.Range(1, names.Length));
        for (int i = 0; i < names.Length; i++) grid.Add([names[i], .. measured.Confusion![i].Select(rows => $"{rows}")]);
        grid.Write(host.Terminal);
    }

    private void Mistakes(MeasuredClasses measured)
    {
        host.Line(ClassifyTexts.MostConfused);
        var grid = new Grid(host.Words[ClassifyTexts.Truth], host.Words[ClassifyTexts.Predicted], host.Words[EvalTexts.ColumnRows]) { Numbers = { 2 } };
        foreach ((int rows, string truth, string predicted) in measured.Mistakes().Take(MostMistakes)) grid.Add(EvaluationTable.Plain(truth), EvaluationTable.Plain(predicted), $"{rows}");
        grid.Write(host.Terminal);
    }

    private static string Percent(double share) => $"{100 * share:0.0}";
}
