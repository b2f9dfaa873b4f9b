using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Data.Checking;
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
    /// <exception cref="Formats.InvalidInputException">The file or the model does not exist. Problems of the rows are in the result.</exception>
    public DatasetVerdict Execute(DataSettings data, string? model)
    {
        RowReading reading = RowReading.From(data);
        if (model is null) return new DatasetVerdict(DatasetCheck.Run(data.Dataset!, reading), null);
        ModelText text = ModelText.Load(new ModelStore(home).Locate(model));
        ExampleRenderer renderer = text.CreateRenderer(RenderingOptions.From(data, clock));
        return new DatasetVerdict(DatasetCheck.Run(data.Dataset!, reading, renderer, Environment.ProcessorCount), text.Context);
    }
}
