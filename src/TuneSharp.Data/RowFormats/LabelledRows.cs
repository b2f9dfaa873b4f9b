using System.Text;
using TuneSharp.Data.Json;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data.RowFormats;

/// <summary>
/// Texts, or pairs of texts, with a label: the name or number of a class, several of them, or a value. Without columns it is what rows are
/// recognised by where the task was not named; with them the person has said that classes are learned.
/// </summary>
internal sealed class LabelledRows(LabelColumns? columns = null) : IRowFormat
{
    public const string FormatName = "classification";

    private readonly LabelColumns _columns = columns ?? new LabelColumns();

    public string Name => FormatName;

    public IReadOnlyList<string> Aliases => [];

    public string Keys => "text (or sentence), label";

    public string Example => """{"text": "The soup was cold.", "label": "complaint"}""";

    public string? OtherTask => columns is null ? FormatName : null;

    public bool Uses(string column) => column is "text" or "sentence" or "label" || column == _columns.Text || column == _columns.TextPair || column == _columns.Label;

    public string? Recognise(JsonItem row) => row["label"] is not null && row.FirstOf(["text", "sentence"]) is { } text ? $"the rows have the keys \"{text.Name}\" and \"label\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        (JsonMember? text, JsonMember? pair, JsonMember? label) = Find(row);
        if (text is null && _columns.Text is { } named) return Missing(named, "Correct text_column, or remove the row.", row, context);
        if (_columns.TextPair is { } second && pair is null) return Missing(second, "Correct text_pair_column, or remove the row.", row, context);
        if (label is null && _columns is { NeedsLabels: true, Label: { } other }) return Missing(other, "Correct label_column, or remove the row.", row, context);
        if (text is null) context.Error(ProblemKind.MissingField, $"There is no column with the text; the row has {Names(row)}.", "Name it with text_column, or remove the row.", "text", row);
        else if (label is null && _columns.NeedsLabels) context.Error(ProblemKind.MissingField, $"There is no column with the label; the row has {Names(row)}.", "Name it with label_column, or remove the row.", "label", row);
        if (context.Failed) return null;

        if (context.Source.Row == 1) WarnOfOthers(row, text!.Value.Name, pair?.Name, context);
        string? words = context.RequiredText(text, text!.Value.Name, ProblemKind.EmptyText, "The text", row);
        string? more = pair is null ? null : context.RequiredText(pair, pair.Value.Name, ProblemKind.EmptyText, "The second text", row);
        (IReadOnlyList<string> labels, bool isList) = label is { } found ? ReadLabels(found, context) : ([], false);
        if (context.Failed) return null;
        return new LabelledRow(context.Source, words!, labels.Count == 0 && !isList ? null : string.Join(", ", labels)) { TextPair = more, Labels = labels, IsList = isList, LabelField = label?.Name ?? "label" };
    }

    /// <summary>A text by itself: a line of a plain text file.</summary>
    public LabelledRow? ReadLine(string line, RowContext context)
    {
        if (!_columns.NeedsLabels) return new LabelledRow(context.Source, line, null);
        context.Error(ProblemKind.MissingField, "A plain text file holds no labels.", "Give a table (.csv, .tsv, .xlsx) or JSON lines with a text and a label in each row.", "label");
        return null;
    }

    private static LabelledRow? Missing(string named, string fix, JsonItem row, RowContext context)
    {
        context.Error(ProblemKind.MissingField, $"There is no column {Quoted.Text(named)}; the row has {Names(row)}.", fix, named, row);
        return null;
    }

    private static string Names(JsonItem row) => string.Join(", ", row.Members.Take(12).Select(member => Quoted.Text(member.Name)));

    private (JsonMember? Text, JsonMember? Pair, JsonMember? Label) Find(JsonItem row)
    {
        JsonMember? text = row.FirstOf(_columns.Text is { } named ? [named] : LabelColumns.TextNames);
        string? second = _columns.TextPair ?? (_columns.Text is null && text is { } first ? LabelColumns.Pairs.FirstOrDefault(pair => pair.First == first.Name).Second : null);
        return (text, second is null ? null : row.FirstOf([second]), row.FirstOf(_columns.Label is { } label ? [label] : LabelColumns.LabelNames));
    }

    // Two columns that both look like the text: which one was taken is no secret.
    private void WarnOfOthers(JsonItem row, string text, string? pair, RowContext context)
    {
        if (_columns.Text is not null) return;
        string[] others = [.. row.Members.Select(member => member.Name).Where(name => name != text && name != pair && name != _columns.Label && LabelColumns.TextNames.Contains(name))];
        if (others.Length > 0)
            context.Warn(ProblemKind.UnusedColumn, $"The text is taken from {Quoted.Text(text)}; {string.Join(", ", others.Select(name => Quoted.Text(name)))} is not used.", "Name the columns with text_column and text_pair_column.", others[0]);
    }

    private (IReadOnlyList<string> Labels, bool IsList) ReadLabels(JsonMember member, RowContext context)
    {
        JsonItem value = member.Value;
        if (value.Kind == JsonKind.Text && value.Text.AsSpan().Trim() is ['[', .., ']'] && JsonParser.ParseAlone(Encoding.UTF8.GetBytes(value.Text)) is { Value: { Kind: JsonKind.List } list, Fault: null })
            value = new JsonItem(JsonKind.List, value.Start) { Items = list.Items };    // a list that a table holds as JSON text
        switch (value.Kind)
        {
            case JsonKind.List:
                return ([.. value.Items.Select(item => Label(item, member, context)).OfType<string>()], true);
            case JsonKind.Text when _columns.Separator is { } separator:
                return ([.. value.Text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], true);
            default:
                return Label(value, member, context) is { } label ? ([label], _columns.Separator is not null) : ([], false);
        }
    }

    private string? Label(JsonItem value, JsonMember member, RowContext context)
    {
        switch (value.Kind)
        {
            case JsonKind.True: return "true";
            case JsonKind.False: return "false";
            case JsonKind.Number: return value.Text;
            case JsonKind.Text when value.Text.AsSpan().Trim() is { Length: > 0 } text: return text.ToString();
            case JsonKind.Null or JsonKind.Text:
                if (_columns.NeedsLabels) context.Error(ProblemKind.MissingField, "The row has no label.", $"Fill {Quoted.Text(member.Name)} in, or remove the row.", member.Name, member.Value);
                return null;
            default:
                context.Error(ProblemKind.WrongType, $"A label is {value.KindName}, not a name or a number.", "Write the name or number of the class.", member.Name, member.Value);
                return null;
        }
    }
}
