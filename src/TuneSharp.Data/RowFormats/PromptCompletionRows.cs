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

    public string? Recognise(JsonItem row) => row["prompt"] is { Kind: not JsonKind.List } && row["completion"] is null or { Kind: not JsonKind.List }
        ? "the rows have the keys \"prompt\" and \"completion\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        string? prompt = context.RequiredText(row.FirstOf(["prompt"]), "prompt", ProblemKind.EmptyPrompt, "The question", row);
        string? completion = context.RequiredText(row.FirstOf(["completion"]), "completion", ProblemKind.EmptyOutput, "The answer", row);
        if (prompt is null || completion is null) return null;
        return new ConversationRow(context.Source, [new Turn(new ChatMessage("user", prompt)), new Turn(new ChatMessage("assistant", completion))]);
    }
}
