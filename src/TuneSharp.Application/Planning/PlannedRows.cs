using System.Globalization;
using TuneSharp.Application.FineTuning;
using TuneSharp.Data;
using TuneSharp.Data.Preparation;

namespace TuneSharp.Application.Planning;

/// <summary>What follows from the rows alone: their longest length, how often they are seen, rows a step, rows kept aside.</summary>
internal sealed record PlannedRows(int Count, int MaxLength, double Epochs, int RowsPerStep, IReadOnlyList<PlannedSetting> Settings)
{
    /// <summary>A limit is worth its cut rows if it saves so much of the longest row.</summary>
    private const double WorthCutting = 0.7;

    public static PlannedRows Of(PreparedDataset data)
    {
        int rows = data.Train.Count, longest = Math.Min(data.MaxLength, data.Lengths.Longest), usual = (data.Lengths.Percentile(0.99) + 7) / 8 * 8;
        var settings = new List<PlannedSetting>();
        int limit = longest;
        if (usual <= WorthCutting * longest)
        {
            limit = usual;
            settings.Add(new("max_length", Text(limit), $"99 % of the rows are no longer; {data.Lengths.LongerThan(limit)} lose their end, and the longest row would take {(double)longest / limit:0.#} times the memory."));
            settings.Add(new("overlong_rows", "truncate", "Rows beyond max_length are cut instead of refused."));
        }
        else if (data.Lengths.Longest > longest)
        {
            settings.Add(new("max_length", Text(limit), $"The model's context ends there; {data.Lengths.LongerThan(limit)} rows lose their end."));
            settings.Add(new("overlong_rows", "truncate", "Rows beyond max_length are cut instead of refused."));
        }

        (double epochs, string why) = rows switch
        {
            < 300 => (5.0, "Few rows must be seen several times; the validation loss stops at the best of them."),
            < 3_000 => (3.0, "Some thousand rows are usually learned after three rounds."),
            < 30_000 => (2.0, "With so many rows a second round still helps, a third seldom."),
            _ => (1.0, "With so many rows one round is enough."),
        };
        settings.Add(new("num_train_epochs", Text(epochs), why));
        int perStep = rows < 200 ? 8 : 16;
        return new PlannedRows(rows, limit, epochs, perStep, settings);
    }

    public FineTuneRequest ApplyTo(FineTuneRequest request) => request with
    {
        Data = request.Data with { MaxLength = MaxLength },
        Training = request.Training with { NumTrainEpochs = Epochs },
    };

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
