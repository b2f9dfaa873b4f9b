using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Application.Runs;
using TuneSharp.Data.Classification;
using TuneSharp.Formats;
using TuneSharp.Formats.ModelConfigs;

namespace TuneSharp.Application.Classifying;

/// <summary>Writes predictions row by row: JSON lines, or a table with a column for each score.</summary>
public sealed class PredictionWriter
{
    private readonly TextWriter _out;
    private readonly bool _isTable;
    private readonly bool _all;
    private bool _begun;

    /// <param name="writer">Gets the rows; not closed here.</param>
    /// <param name="isTable">CSV instead of JSON lines.</param>
    /// <param name="all">Also the score of every class.</param>
    public PredictionWriter(TextWriter writer, bool isTable, bool all) => (_out, _isTable, _all) = (writer, isTable, all);

    /// <summary>Whether a file's name asks for a table.</summary>
    /// <exception cref="InvalidInputException">It asks for something that is not written.</exception>
    public static bool IsTable(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => true,
        ".jsonl" or ".ndjson" or ".json" => false,
        _ => throw new InvalidInputException("Predictions are written as .jsonl or .csv.", path, "Give the file one of these names."),
    };

    public void Write(Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (_isTable) WriteCells(prediction);
        else _out.Write(Line(prediction) + "\n");
    }

    private string Line(Prediction prediction)
    {
        var line = new JsonObject { ["row"] = prediction.Row.Source.Row, ["text"] = prediction.Row.Text };
        if (prediction.Row.TextPair is { } pair) line["text_pair"] = pair;
        if (prediction.Row.Label is not null) line["label"] = prediction.Row.IsList ? new JsonArray([.. prediction.Row.Labels.Select(label => (JsonNode?)label)]) : prediction.Row.Label;
        LabelSpace labels = prediction.Labels;
        line["prediction"] = labels.Problem switch
        {
            ProblemType.SingleLabelClassification => prediction.Classes[0],
            ProblemType.MultiLabelClassification => new JsonArray([.. prediction.Classes.Select(name => (JsonNode?)name)]),
            _ => labels.Count == 1 ? Round(prediction.Scores[0]) : new JsonArray([.. prediction.Scores.Select(score => (JsonNode?)Round(score))]),
        };
        if (prediction.Probability is { } probability) line["probability"] = Round(probability);
        if (_all && labels.Problem != ProblemType.Regression) line["scores"] = new JsonObject(labels.Names.Select((name, i) => KeyValuePair.Create(name, (JsonNode?)Round(prediction.Scores[i]))));
        return line.ToJsonString(RunJson.Compact);
    }

    private void WriteCells(Prediction prediction)
    {
        bool classes = prediction.Labels.Problem != ProblemType.Regression;
        if (!_begun) Row(["row", "text", "text_pair", "label", "prediction", "probability", .. _all && classes ? prediction.Labels.Names : []]);
        _begun = true;
        Row([$"{prediction.Row.Source.Row}", prediction.Row.Text, prediction.Row.TextPair ?? "", prediction.Row.Label ?? "", prediction.Answer, prediction.Probability is { } p ? Text(p) : "", .. _all && classes ? prediction.Scores.Select(Text) : []]);
    }

    private void Row(IEnumerable<string> cells) => _out.Write(string.Join(',', cells.Select(Cell)) + "\n");

    private static string Cell(string text) => text.AsSpan().ContainsAny(",\"\n\r") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    // More digits than float32 has would only look exact.
    private static double Round(double score) => double.Parse(Text(score), CultureInfo.InvariantCulture);

    private static string Text(double score) => score.ToString("G6", CultureInfo.InvariantCulture);
}
