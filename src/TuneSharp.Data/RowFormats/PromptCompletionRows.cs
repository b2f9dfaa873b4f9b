using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>A question and an answer: OpenAI's older files and TRL's standard form.</summary>
internal sealed class PromptCompletionRows : IRowFormat
{
    public string Name => "prompt_completion";

    public IReadOnlyList<string> Aliases => ["completion"];

    public string Keys => "prompt, completion";

    public string Example => """{"prompt": "What do cows eat?", "completion": "Grass."}""";

    public bool Uses(string column) => column is "prompt" or "completion" or "tools";

    public string? Recognise(JsonItem row) => row["prompt"] is { } prompt && (row["completion"] is { } completion ? (prompt.Kind == JsonKind.List) == (completion.Kind == JsonKind.List) : prompt.Kind != JsonKind.List)
        ? "the rows have the keys \"prompt\" and \"completion\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        if (row["prompt"] is { Kind: JsonKind.List } messages && row["completion"] is { Kind: JsonKind.List } answers) return ReadMessages(row, messages, answers, context);
        string? prompt = context.RequiredText(row.FirstOf(["prompt"]), "prompt", ProblemKind.EmptyPrompt, "The question", row);
        string? completion = context.RequiredText(row.FirstOf(["completion"]), "completion", ProblemKind.EmptyOutput, "The answer", row);
        if (prompt is null || completion is null) return null;
        return new ConversationRow(context.Source, [new Turn(new ChatMessage("user", prompt)), new Turn(new ChatMessage("assistant", completion))]);
    }

    // TRL's conversational form: answers inside the prompt are context.
    private static ConversationRow? ReadMessages(JsonItem row, JsonItem messages, JsonItem answers, RowContext context)
    {
        List<Turn> prompt = [.. ConversationTurns.Turns(messages, "prompt", context).Select(turn => turn.Message.Role == "assistant" ? turn with { Weight = 0 } : turn)];
        List<Turn> turns = [.. prompt, .. ConversationTurns.Turns(answers, "completion", context)];
        System.Text.Json.Nodes.JsonArray? tools = ToolCalls.Declarations(row["tools"], context);
        if (context.Failed) return null;
        if (turns.Exists(turn => turn.IsLearned)) return new ConversationRow(context.Source, turns) { Tools = tools, PromptTurns = prompt.Count };
        context.Error(ProblemKind.NothingToLearn, "The completion holds no answer.", "Add one, or remove the row.", "completion", answers);
        return null;
    }
}
