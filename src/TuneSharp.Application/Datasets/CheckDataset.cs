using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Checking;
using TuneSharp.Data.Classification;
using TuneSharp.Data.Preparation;
using TuneSharp.Data.Rendering;

namespace TuneSharp.Application.Datasets;

/// <param name="Check">Form, counts, lengths, problems.</param>
/// <param name="Context">Tokens that the model takes; null if no model was named.</param>
public sealed record DatasetVerdict(DatasetCheck Check, int? Context);

/// <summary>Looks through a dataset file before anything is trained on it.</summary>
public sealed class CheckDataset(HomeFolder home, TimeProvider clock)
{
    /// <param name="data">File, format, columns.</param>
    /// <param name="model">Model whose tokens are counted; null counts characters.</param>
    /// <param name="progress">Told how far the rows are read.</param>
    /// <exception cref="Formats.InvalidInputException">The file or the model does not exist. Problems of the rows are in the result.</exception>
    public DatasetVerdict Execute(DataSettings data, string? model, Action<PreparationProgress>? progress = null)
    {
        RowReading reading = RowReading.From(data);
        if (model is null) return new DatasetVerdict(DatasetCheck.Run(data.Dataset!, reading, threads: Environment.ProcessorCount, progress: progress), null);
        ModelText text = ModelText.Load(new ModelStore(home).Locate(model));
        IRowRenderer renderer = data.Task == TrainingTask.Classification ? new ClassificationRenderer(text.Tokenizer, labels: null) : text.CreateRenderer(RenderingOptions.From(data, clock));
        return new DatasetVerdict(DatasetCheck.Run(data.Dataset!, reading, renderer, Environment.ProcessorCount, progress: progress), text.Context);
    }
}
