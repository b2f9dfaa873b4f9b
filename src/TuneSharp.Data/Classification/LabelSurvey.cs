using System.Globalization;
using TuneSharp.Data.Preparation;

namespace TuneSharp.Data.Classification;

/// <summary>What labels occur in a set of rows, how often, and where first. It grows with the classes, not with the rows.</summary>
public sealed class LabelSurvey
{
    /// <summary>Distinct labels that are told apart; a dataset with more has values, not classes.</summary>
    private const int MostLabels = 100_000;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelledRow> _first = new(StringComparer.Ordinal);

    public long Rows { get; private set; }

    /// <summary>Rows of every label.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>There are more labels than are counted apart.</summary>
    public bool IsCrowded { get; private set; }

    /// <summary>A row that holds a list of labels; null: none does.</summary>
    public LabelledRow? FirstList { get; private set; }

    /// <summary>The first row of all; null: there are none.</summary>
    public LabelledRow? FirstRow { get; private set; }

    /// <summary>Most labels that a row has.</summary>
    public int MostInARow { get; private set; }

    /// <summary>Every label is a number.</summary>
    public bool AllNumbers { get; private set; } = true;

    /// <summary>The first label that is a number with a fraction, with its row; null: there is none.</summary>
    public (string Label, LabelledRow Row)? FirstFraction { get; private set; }

    public static LabelSurvey Of(IEnumerable<LabelledRow> rows)
    {
        var survey = new LabelSurvey();
        foreach (LabelledRow row in rows) survey.Add(row);
        return survey;
    }

    /// <summary>The rows that would be trained on: of the training file, at most max_samples, broken ones left out where the settings say so.</summary>
    /// <exception cref="Formats.InvalidInputException">The file or a row cannot be used.</exception>
    public static LabelSurvey OfTraining(DataSettings settings) => Of(new RowIntake(settings).Read(DatasetFiles.Resolve(settings).Train).Cast<LabelledRow>());

    public void Add(LabelledRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        Rows++;
        FirstRow ??= row;
        if (row.IsList) FirstList ??= row;
        MostInARow = Math.Max(MostInARow, row.Labels.Count);
        foreach (string label in row.Labels)
        {
            if (!IsNumber(label, out double value)) AllNumbers = false;
            else if (value != Math.Floor(value)) FirstFraction ??= (label, row);
            if (_counts.TryGetValue(label, out long count)) _counts[label] = count + 1;
            else if (_counts.Count == MostLabels) IsCrowded = true;
            else
            {
                _counts[label] = 1;
                _first[label] = row;
            }
        }
    }

    /// <summary>The first row with a label that was counted.</summary>
    public LabelledRow First(string label) => _first[label];

    internal static bool IsNumber(string label, out double value) => double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    internal static bool IsWhole(string label, out int value) => int.TryParse(label, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
