using System.Globalization;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Data.Classification;

/// <summary>The head that a model has already.</summary>
/// <param name="Names">Of its outputs, in their order; one an output.</param>
/// <param name="Problem">What its config.json says; null: nothing.</param>
public sealed record ExistingHead(IReadOnlyList<string> Names, ProblemType? Problem);

/// <summary>What the outputs of a classifier stand for: the meaning of every number that it learns.</summary>
/// <param name="Problem">One class, several, or values.</param>
/// <param name="Names">Of the outputs, in their order: <c>id2label</c>.</param>
public sealed record LabelSpace(ProblemType Problem, IReadOnlyList<string> Names)
{
    private const int Shown = 20;

    private readonly Dictionary<string, int> _index = Numbered(Names);

    public IReadOnlyList<string> Names
    {
        get;
        init
        {
            field = value;
            _index = Numbered(value);
        }
    } = Names;

    /// <summary>Other spellings: labels of the rows that the names do not hold, as numbers for classes with names.</summary>
    public IReadOnlyDictionary<string, int> Spellings { get; init; } = new Dictionary<string, int>();

    /// <summary>How the classes and their order came to be, for the person.</summary>
    public string Origin { get; init; } = "";

    public int Count => Names.Count;

    /// <summary>The names, or the first of very many.</summary>
    public string NamesText => string.Join(", ", Names.Take(Shown)) + (Names.Count > Shown ? $", … ({Names.Count})" : "");

    /// <summary>The output that a label of the rows stands for; null: none.</summary>
    public int? IndexOf(string label) => _index.TryGetValue(label, out int index) || Spellings.TryGetValue(label, out index) ? index : null;

    /// <summary>What a row teaches: [number of its class], a 1 or 0 for each class, or its values.</summary>
    /// <exception cref="UnreadableDatasetException">A label is no class of the head or no number, or there are too many or too few.</exception>
    public float[] Targets(LabelledRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        switch (Problem)
        {
            case ProblemType.SingleLabelClassification:
                return row.Labels is [var label] ? [Index(label, row)]
                    : throw Wrong(row, ProblemKind.WrongType, $"The row has {row.Labels.Count} labels, and each row has one class.", "Correct it, or set problem_type: multi_label_classification.");
            case ProblemType.MultiLabelClassification:
                float[] targets = new float[Count];
                foreach (string one in row.Labels) targets[Index(one, row)] = 1;
                return targets;
            default:
                return row.Labels.Count == Count ? [.. row.Labels.Select(value => Value(value, row))]
                    : throw Wrong(row, ProblemKind.WrongType, $"The row has {row.Labels.Count} numbers; the head has {Count} outputs.", "Correct it, or set num_labels.");
        }
    }

    private static Dictionary<string, int> Numbered(IReadOnlyList<string> names) => names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);

    private int Index(string label, LabelledRow row)
    {
        if (IndexOf(label) is { } index) return index;
        if (LabelSurvey.IsNumber(label, out double number) && number != Math.Floor(number))
            throw Wrong(row, ProblemKind.WrongType, $"The label {label} is a number with a fraction; classes are names or whole numbers.", "Set problem_type: regression to learn numbers, or correct the label.");
        throw Wrong(row, ProblemKind.UnknownLabel, $"The label {Quoted.Text(label)} is none of the head's classes: {NamesText}.", "Correct it, or name every class with labels.");
    }

    private static float Value(string text, LabelledRow row) =>
        LabelSurvey.IsNumber(text, out double value) && float.IsFinite((float)value) ? (float)value
            : throw Wrong(row, ProblemKind.WrongType, $"The label {Quoted.Text(text)} is not a finite number, and numbers are learned.", "Correct it, or set problem_type: single_label_classification to learn classes.");

    internal static UnreadableDatasetException Wrong(LabelledRow row, string kind, string why, string fix) =>
        new(new DataProblem(ProblemSeverity.Error, kind, why, fix) { File = row.Source.File, Row = row.Source.Row, Line = row.Source.Line, Field = row.LabelField });

    /// <summary>The names of outputs whose model has none: <c>LABEL_0</c>, … as transformers writes them.</summary>
    public static IReadOnlyList<string> Unnamed(int count) => [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}"))];

    internal static bool AreUnnamed(IReadOnlyList<string> names) => names.SequenceEqual(Unnamed(names.Count), StringComparer.Ordinal);
}
