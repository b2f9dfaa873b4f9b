using TuneSharp.Application.Classifying;
using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Rendering;
using TuneSharp.Formats;

namespace TuneSharp.Application.Datasets;

/// <param name="Tokens">Every token, and whether it is learned or only context.</param>
/// <param name="Label">Of a row for a classifier, as the file spells it; null: tokens are learned.</param>
/// <param name="Targets">What the head learns of it.</param>
public sealed record ShownRow(IReadOnlyList<ViewedToken> Tokens, string? Label = null, IReadOnlyList<float>? Targets = null);

/// <summary>Shows one row as the model will see it: every token, and whether it is learned or only context.</summary>
public sealed class ShowRow(HomeFolder home, TimeProvider clock)
{
    /// <param name="row">From 1, as `data check` counts them.</param>
    /// <exception cref="InvalidInputException">No such row, or it cannot be used.</exception>
    public ShownRow Execute(DataSettings data, string model, long row)
    {
        ModelText text = ModelText.Load(new ModelStore(home).Locate(model));
        IRowRenderer renderer = data.Task == TrainingTask.Classification
            ? ClassificationRenderer.For(text.Tokenizer, LabelDecision.Of(LabelSurvey.OfTraining(data with { SkipBrokenRows = true }), new ClassificationSettings(), ClassifierConfig.HeadOf(text.Config)), data, text.Context)
            : text.CreateRenderer(RenderingOptions.From(data, clock));
        long last = 0;
        foreach (DatasetRow candidate in DatasetReader.Open(data.Dataset!, RowReading.From(data)).Read(problem => Refuse(problem, row)))
        {
            last = candidate.Source.Row;
            if (last < row) continue;
            if (last > row) break;
            TrainingExample example = renderer.Render(candidate).Example;
            IReadOnlyList<ViewedToken> tokens = TokenView.Of(example, text.Tokenizer);
            return candidate is LabelledRow { Label: { } label } ? new ShownRow(tokens, label, example.Targets) : new ShownRow(tokens);
        }

        throw new InvalidInputException(last < row ? $"The file has no row {row}; the last usable one is {last}." : $"Row {row} cannot be used.", data.Dataset, "`tunesharp data check` lists the problems.");
    }

    private static void Refuse(DataProblem problem, long row)
    {
        if (problem.Severity == ProblemSeverity.Error && (problem.Row is null || problem.Row == row)) throw problem.ToException();
    }
}
