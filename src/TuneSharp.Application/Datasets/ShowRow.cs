using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;

namespace TuneSharp.Application.Datasets;

/// <summary>Shows one row as the model will see it: every token, and whether it is learned or only context.</summary>
public sealed class ShowRow(HomeFolder home, TimeProvider clock)
{
    /// <param name="row">From 1, as `data check` counts them.</param>
    /// <exception cref="InvalidInputException">No such row, or it cannot be used.</exception>
    public IReadOnlyList<ViewedToken> Execute(DataSettings data, string model, long row)
    {
        ModelText text = ModelText.Load(new ModelStore(home).Locate(model));
        ExampleRenderer renderer = text.CreateRenderer(RenderingOptions.From(data, clock));
        long last = 0;
        foreach (DatasetRow candidate in DatasetReader.Open(data.Dataset!, RowReading.From(data)).Read(problem => Refuse(problem, row)))
        {
            last = candidate.Source.Row;
            if (last < row) continue;
            if (last > row) break;
            return TokenView.Of(renderer.Render(candidate).Example, text.Tokenizer);
        }

        throw new InvalidInputException(last < row ? $"The file has no row {row}; the last usable one is {last}." : $"Row {row} cannot be used.", data.Dataset, "`tunesharp data check` lists the problems.");
    }

    private static void Refuse(DataProblem problem, long row)
    {
        if (problem.Severity == ProblemSeverity.Error && (problem.Row is null || problem.Row == row)) throw problem.ToException();
    }
}
