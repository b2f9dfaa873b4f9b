using TuneSharp.Data.Json;

namespace TuneSharp.Data.RowFormats;

/// <summary>Answers that were found good or bad, one by one: TRL's unpaired preference and LLaMA-Factory's <c>kto_tag</c>.</summary>
internal sealed class RatedRows : IRowFormat
{
    private static readonly IRowFormat[] s_conversations = [new MessagesRows(), new ShareGptRows(), new AlpacaRows(), new PromptCompletionRows(), new QuestionResponseRows()];

    public string Name => "kto";

    public IReadOnlyList<string> Aliases => ["unpaired_preference"];

    public string Keys => "any conversation with label or kto_tag: true or false";

    public string Example => """{"prompt": "What do cows eat?", "completion": "Grass.", "label": true}""";

    public string? OtherTask => "kto";

    public bool Uses(string column) => true;

    public string? Recognise(JsonItem row) => Rating(row) is { } rating && Conversation(row) is not null ? $"the rows have the key \"{rating.Name}\" with true or false" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        if (Rating(row) is not { } rating || Conversation(row) is not { } format)
        {
            context.Error(ProblemKind.MissingField, "The row has no rating (label or kto_tag: true or false), or no conversation.", "Add it, or remove the row.", "label", row);
            return null;
        }
        return format.Read(row, context) is ConversationRow read && !context.Failed ? new RatedRow(context.Source, read.Turns, rating.Value.Kind == JsonKind.True) : null;
    }

    // "label" is a word of many meanings: it is a rating beside messages and completions only.
    private static JsonMember? Rating(JsonItem row) =>
        row.FirstOf(row["messages"] is not null || row["conversations"] is not null || row["completion"] is not null ? ["kto_tag", "label"] : ["kto_tag"])
            is { Value.Kind: JsonKind.True or JsonKind.False } rating ? rating : null;

    private static IRowFormat? Conversation(JsonItem row) => Array.Find(s_conversations, format => format.Recognise(row) is not null);
}
