using TuneSharp.Data.Json;
using TuneSharp.Data.Prompts;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Data.RowFormats;

/// <summary>Rows that a prompt format file turns into whole texts (<see cref="PromptFormatFile"/>).</summary>
internal sealed class KeyedRows(PromptFormatFile file, string? trainOnlyAfter) : IRowFormat
{
    public string Name => "keyed";

    public IReadOnlyList<string> Aliases => [];

    public string Keys => string.Join("; ", file.Keys);

    public string Example => $"{{{string.Join(", ", file.Keys[0].Split(',').Select(name => $"\"{name}\": \"…\""))}}}";

    public bool Uses(string column) => file.Keys.Any(key => key.Split(',').Contains(column));

    public string? Recognise(JsonItem row) => $"template names the prompt format {file.Name}";

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        var fields = row.Members.Where(member => member.Value.Kind == JsonKind.Text).ToDictionary(member => member.Name, member => member.Value.Text, StringComparer.Ordinal);
        if (file.Render(fields) is { } text)
        {
            if (fields.Values.FirstOrDefault(value => fields.Keys.Any(name => value.Contains($"%{name}%", StringComparison.Ordinal))) is { } risky)
                context.Warn(ProblemKind.SpecialToken, $"The text {Quoted.Text(risky)} holds a placeholder itself, which is filled in as well.", "Write it without the per cent signs.");
            return Marked(text, trainOnlyAfter, context);
        }
        string[] present = [.. fields.Where(field => !string.IsNullOrWhiteSpace(field.Value)).Select(field => field.Key)];
        string[] extra = [.. present.Where(field => !Uses(field))];
        context.Error(ProblemKind.NeedsMapping, $"No key of the prompt format {file.Name} names exactly the fields {string.Join(", ", present.Select(field => Quoted.Text(field)))}.",
            extra.Length > 0 ? $"Remove {string.Join(", ", extra.Select(field => Quoted.Text(field)))} from the rows, or add a key to the format; it has {Keys}." : $"Add a key to the format; it has {Keys}.");
        return null;
    }

    /// <summary>A whole text with its learned part, and a remark where the marker does not occur.</summary>
    public static DatasetRow Marked(string text, string? marker, RowContext context)
    {
        DatasetRow row = FixedPrompt.Row(context.Source, text, marker);
        if (!string.IsNullOrEmpty(marker) && row is TextRow)
            context.Warn(ProblemKind.NoMarker, $"The text {Quoted.Text(marker)} (train_only_after) does not occur: the whole row is learned.", "Correct train_only_after.");
        return row;
    }
}
