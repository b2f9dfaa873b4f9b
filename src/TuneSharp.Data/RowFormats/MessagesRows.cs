using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>Conversations as lists of {role, content}: OpenAI's training files, Hugging Face, LLaMA-Factory V1.</summary>
internal sealed class MessagesRows : IRowFormat
{
    public string Name => "messages";

    public IReadOnlyList<string> Aliases => ["openai", "chat", "chatml"];

    public string Keys => "messages: [{role, content}], tools?";

    public string Example => """{"messages": [{"role": "user", "content": "What do cows eat?"}, {"role": "assistant", "content": "Grass."}]}""";

    public bool Uses(string column) => ConversationTurns.Uses(column);

    public string? Recognise(JsonItem row) => ConversationTurns.Recognise(row, TurnKeys.OpenAi, emptyListKey: "messages");

    public DatasetRow? Read(JsonItem row, RowContext context) => ConversationTurns.Read(row, TurnKeys.OpenAi, "messages", strictOrder: false, context);
}

/// <summary>Conversations as lists of {from, value}. Questions and answers must alternate, as LLaMA-Factory demands.</summary>
internal sealed class ShareGptRows : IRowFormat
{
    public string Name => "sharegpt";

    public IReadOnlyList<string> Aliases => ["conversations", "vicuna"];

    public string Keys => "conversations: [{from, value}], system?, tools?";

    public string Example => """{"conversations": [{"from": "human", "value": "What do cows eat?"}, {"from": "gpt", "value": "Grass."}]}""";

    public bool Uses(string column) => ConversationTurns.Uses(column);

    public string? Recognise(JsonItem row) => ConversationTurns.Recognise(row, TurnKeys.ShareGpt, emptyListKey: "conversations");

    public DatasetRow? Read(JsonItem row, RowContext context) => ConversationTurns.Read(row, TurnKeys.ShareGpt, "conversations", strictOrder: true, context);
}

/// <summary>Firefly's conversations: a list of {human, assistant}, a pair a turn.</summary>
internal sealed class PairRows : IRowFormat
{
    public string Name => "human_assistant_pairs";

    public IReadOnlyList<string> Aliases => ["firefly"];

    public string Keys => "conversation: [{human, assistant}]";

    public string Example => """{"conversation": [{"human": "What do cows eat?", "assistant": "Grass."}]}""";

    public bool Uses(string column) => column == "system" || ConversationTurns.IsList(column);

    public string? Recognise(JsonItem row) => ConversationTurns.List(row) is { Value: { Kind: JsonKind.List, Items: [var first, ..] } } list && first["human"] is not null
        ? $"the rows have a list \"{list.Name}\" of pairs with \"human\" and \"assistant\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        if (ConversationTurns.Start(row, "conversation", context) is not var (list, turns)) return null;
        for (int i = 0; i < list.Value.Items.Count; i++)
        {
            JsonItem pair = list.Value.Items[i];
            string field = $"{list.Name}[{i}]";
            string? human = context.RequiredText(pair.FirstOf(["human"]), "human", ProblemKind.EmptyPrompt, "The question in " + field, pair);
            string? assistant = context.RequiredText(pair.FirstOf(["assistant"]), "assistant", ProblemKind.EmptyOutput, "The answer in " + field, pair);
            if (human is null || assistant is null) continue;
            turns.Add(new Turn(new ChatMessage("user", human)));
            turns.Add(new Turn(new ChatMessage("assistant", assistant)));
        }
        return context.Failed ? null : new ConversationRow(context.Source, turns);
    }
}
