using TuneSharp.Data.Checking;
using TuneSharp.Data.Packing;
using TuneSharp.Data.Rendering;
using TuneSharp.Data.Splitting;
using TuneSharp.Formats;

namespace TuneSharp.Data.Preparation;

/// <summary>
/// From files to examples: read, split, render, limit. Rows are read twice, first for their fingerprints and then to be rendered, so that
/// texts of training rows never lie in memory; their ids do.
/// </summary>
public static class DatasetPreparation
{
    /// <param name="settings">What to read and how.</param>
    /// <param name="renderer">Tokenizer and template.</param>
    /// <param name="context">The model's longest context in tokens.</param>
    /// <param name="seed">The run's seed; <see cref="DataSettings.SplitSeed"/> has precedence for the split.</param>
    /// <param name="threads">Threads for tokenizing.</param>
    /// <exception cref="InvalidInputException">A row is broken and not to be skipped, rows are too long and neither to be cut nor dropped, or nothing is left.</exception>
    public static PreparedDataset Prepare(DataSettings settings, ExampleRenderer renderer, int context, long seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(renderer);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 2);
        settings.Validate();
        DatasetFiles files = DatasetFiles.Resolve(settings);
        var rows = new RowIntake(settings);
        SplitPlan plan = rows.Split(files, settings.SplitSeed ?? seed);
        var train = new PartRows();
        var validation = new PartRows { KeepsRows = true };
        var test = new PartRows { KeepsRows = true };

        int number = 0;
        foreach ((DatasetRow row, RenderedExample? example) in renderer.RenderAll(rows.Read(files.Train), threads, rows.Report))
        {
            if (number == plan.Parts.Count) throw RowIntake.Changed(files.Train);
            Add(plan.Parts[number++], row, example);
        }
        if (number != plan.Parts.Count) throw RowIntake.Changed(files.Train);
        if (files.Validation is { } validationFile)
            foreach ((DatasetRow row, RenderedExample? example) in renderer.RenderAll(rows.Read(validationFile), threads, rows.Report)) Add(SplitPart.Validation, row, example);
        if (files.Test is { } testFile)
            foreach ((DatasetRow row, RenderedExample? example) in renderer.RenderAll(rows.Read(testFile), threads, rows.Report)) Add(SplitPart.Test, row, example);

        var lengths = new LengthReport(train.Lengths.Concat(validation.Lengths).Concat(test.Lengths));
        var limit = new LengthLimit(settings, context, lengths);
        limit.Apply(train, isTrain: true);
        limit.Apply(validation, isTrain: false);
        limit.Apply(test, isTrain: false);
        if (train.Examples.Count == 0) throw limit.NothingLeft(files.Train);
        (IReadOnlyList<TrainingExample> packed, string? packing) = Pack(train.Examples, settings.Packing, limit.MaxLength);
        return new PreparedDataset
        {
            Train = packed,
            Validation = validation.Examples,
            Test = test.Examples,
            ValidationRows = validation.Rows,
            TestRows = test.Rows,
            MaxLength = limit.MaxLength,
            Lengths = lengths,
            Counts = new PreparationCounts
            {
                Read = rows.Usable,
                Broken = rows.Broken,
                Truncated = limit.Truncated,
                DroppedOverlong = limit.Dropped,
                NothingToLearn = limit.NothingToLearn,
            },
            Notes = [.. plan.Notes, .. rows.Notes, .. limit.Notes, .. packing is null ? (string[])[] : [packing]],
            Problems = rows.Problems,
        };

        void Add(SplitPart side, DatasetRow row, RenderedExample? example)
        {
            if (example is null) return;
            foreach (DataProblem problem in example.Problems) rows.Problems.Add(problem);
            (side switch { SplitPart.Train => train, SplitPart.Validation => validation, _ => test }).Add(row, example.Example);
        }
    }

    private static (IReadOnlyList<TrainingExample> Rows, string? Note) Pack(List<TrainingExample> documents, PackingStrategy strategy, int capacity)
    {
        if (strategy == PackingStrategy.None) return (documents, null);
        var layout = PackedLayout.Of([.. documents.Select(document => document.Length)], capacity, strategy);
        long tokens = documents.Sum(document => (long)document.Length);
        string cut = layout.NumPieces > documents.Count ? $", of which some were cut: {layout.NumPieces} pieces" : "";
        return (new PackedExamples(documents, layout),
            $"{documents.Count} rows are packed into {layout.Count} of up to {capacity} tokens, {100.0 * tokens / ((double)layout.Count * capacity):0.#} % full{cut}; they do not see each other.");
    }
}
