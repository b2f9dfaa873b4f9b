using TuneSharp.Data.Json;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>
/// Rows of any columns, with a prompt of the person's own: <c>prompt_format</c> with {column} in it is the question, <c>answer_column</c>
/// the answer. A prompt format that holds the answer column is the whole text: what stands in front of it is the question, the
/// answer and what follows it are learned, and nothing is added between them (<see cref="ColumnMapping.IsWholeText"/>).
/// </summary>
internal sealed class MappedRows(ColumnMapping mapping) : IRowFormat
{
    public string Name => "columns";

    public IReadOnlyList<string> Aliases => [];

    public string Keys => string.Join(", ", mapping.Columns);

    public string Example => $"{{{string.Join(", ", mapping.Columns.Select(column => $"\"{column}\": \"…\""))}}}";

    public bool Uses(string column) => mapping.Columns.Contains(column);

    public string? Recognise(JsonItem row) => "prompt_format and answer_column say so";

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string column in mapping.Columns)
        {
            if (row[column] is not { } item)
            {
                context.Error(ProblemKind.MissingField, $"There is no column {Quoted.Text(column)}; the row has {Names(row)}.", "Correct prompt_format or answer_column, or remove the row.", column, row);
                return null;
            }
            if (column == mapping.Answer) values[column] = context.RequiredText(new JsonMember(column, 0, item), column, ProblemKind.EmptyOutput, "The answer", row) ?? "";
            else values[column] = context.Text(item, column) ?? "";
        }
        if (context.Failed) return null;
        (string prompt, string answer) = mapping.Apply(values);
        if (string.IsNullOrWhiteSpace(prompt)) context.Error(ProblemKind.EmptyPrompt, "The prompt is empty.", "Fill its columns in, or remove the row.", mapping.Columns[0], row);
        return context.Failed ? null : new ConversationRow(context.Source, [new Turn(new ChatMessage("user", prompt)), new Turn(new ChatMessage("assistant", answer))]);
    }

    private static string Names(JsonItem row) => string.Join(", ", row.Members.Take(12).Select(member => Quoted.Text(member.Name)));
}
