using TuneSharp.Data.Json;
using TuneSharp.Data.Reading;

namespace TuneSharp.Data.RowFormats;

/// <summary>Where a row format reports what is wrong with the row that it reads, and how it reads single fields.</summary>
internal sealed class RowContext(string file, RawRow raw, Action<DataProblem> report)
{
    public RowSource Source { get; } = new(file, raw.Number, raw.Line);

    /// <summary>The column of plain texts, if the settings name one.</summary>
    public string? TextColumn { get; init; }

    /// <summary>Of plain texts only what follows this is learned.</summary>
    public string? TrainOnlyAfter { get; init; }

    /// <summary>An error was reported: the row cannot be used.</summary>
    public bool Failed { get; private set; }

    /// <param name="at">The value to blame: gives line and column; null = the row as a whole.</param>
    public void Error(string kind, string why, string? fix = null, string? field = null, JsonItem? at = null) =>
        Report(ProblemSeverity.Error, kind, why, fix, field, at?.Start);

    public void Warn(string kind, string why, string? fix = null, string? field = null, JsonItem? at = null) =>
        Report(ProblemSeverity.Warning, kind, why, fix, field, at?.Start);

    /// <summary>A problem at a byte offset of the row.</summary>
    public void Report(ProblemSeverity severity, string kind, string why, string? fix, string? field, int? offset)
    {
        if (severity == ProblemSeverity.Error) Failed = true;
        (long line, int? column) = offset is { } o ? raw.PlaceOf(o) : (Source.Line, (int?)null);
        if (column == 0) column = null;
        report(new DataProblem(severity, kind, why, fix) { File = Source.File, Row = Source.Row, Line = line, Column = column, Field = field });
    }

    /// <summary>
    /// The text of a field; null when it is absent or null, or after an error. A number or truth value is taken as its text
    /// with a warning; a list or an object is an error.
    /// </summary>
    public string? Text(JsonItem? value, string field)
    {
        switch (value?.Kind)
        {
            case null or JsonKind.Null:
                return null;
            case JsonKind.Text:
                return value.Text;
            case JsonKind.Number or JsonKind.True or JsonKind.False:
                Warn(ProblemKind.WrongType, $"{field} is {value.KindName}; it is taken as text.", null, field, value);
                return value.Kind switch { JsonKind.Number => value.Text, JsonKind.True => "true", _ => "false" };
            default:
                Error(ProblemKind.WrongType, $"{field} is {value.KindName}, not a text.", "Write it as a text in double quotes.", field, value);
                return null;
        }
    }

    /// <summary>A text that must be there and hold more than blanks; null after an error.</summary>
    /// <param name="member">The field under whichever of its spellings was found; null = absent.</param>
    /// <param name="name">The field's usual name, for the message when it is absent.</param>
    /// <param name="emptyKind">The kind of problem when it holds nothing.</param>
    /// <param name="what">What a person calls the content ("The answer").</param>
    /// <param name="row">The row, to blame when the field is absent.</param>
    public string? RequiredText(JsonMember? member, string name, string emptyKind, string what, JsonItem row)
    {
        if (member is not { } found)
        {
            Error(ProblemKind.MissingField, $"The field \"{name}\" is missing.", $"Add \"{name}\", or remove the row.", name, row);
            return null;
        }
        string? text = Text(found.Value, found.Name);
        if (text is null && found.Value.Kind is JsonKind.List or JsonKind.Object) return null;
        if (!string.IsNullOrWhiteSpace(text)) return text;
        Error(emptyKind, $"{what} is empty.", "Fill it in, or remove the row.", found.Name, found.Value);
        return null;
    }
}
