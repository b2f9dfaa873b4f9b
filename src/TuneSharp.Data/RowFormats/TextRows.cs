using TuneSharp.Data.Json;

namespace TuneSharp.Data.RowFormats;

/// <summary>Documents for pre-training: <c>{"text": …}</c>.</summary>
internal sealed class TextRows : IRowFormat
{
    public string Name => "text";

    public IReadOnlyList<string> Aliases => ["pretrain", "raw"];

    public string Keys => "text";

    public string Example => """{"text": "Once upon a time there was a small house."}""";

    public bool Uses(string column) => column == "text";

    public string? Recognise(JsonItem row) => row["text"] is null ? null : "the rows have the key \"text\"";

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        string? text = context.RequiredText(row.FirstOf([context.TextColumn ?? "text"]), context.TextColumn ?? "text", ProblemKind.EmptyText, "The text", row);
        return text is null ? null : KeyedRows.Marked(text, context.TrainOnlyAfter, context);
    }
}
