using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>
/// Stanford Alpaca's rows, with LLaMA-Factory's additions: the question is instruction + "\n" + input (what is not empty of the
/// two), <c>system</c> and the earlier turns of <c>history</c> stand in front. Answers in the history are learned as well.
/// </summary>
internal sealed class AlpacaRows : IRowFormat
{
    // Dolly calls the input context, LLaMA-Factory query; Orca's system text is a system_prompt.
    private static readonly string[] s_input = ["input", "context", "query"];
    private static readonly string[] s_system = ["system", "system_prompt"];
    private static readonly string[] s_output = ["output", "response", "completion", "answer"];

    public string Name => "alpaca";

    public IReadOnlyList<string> Aliases => ["instruction"];

    public string Keys => "instruction, input? (or context, query), output (or response, answer), system?, history?";

    public string Example => """{"instruction": "Name the colour.", "input": "grass", "output": "green", "system": "Be brief.", "history": [["Hello", "Hi."]]}""";

    public bool Uses(string column) => column is "instruction" or "history" || s_input.Contains(column) || s_system.Contains(column) || s_output.Contains(column);

    public string? Recognise(JsonItem row) => row["instruction"] is null ? null
        : row.FirstOf(s_output) is { } output ? $"the rows have the keys \"instruction\" and \"{output.Name}\""
        : "the rows have the key \"instruction\"";

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        string? system = context.Text(row.FirstOf(s_system)?.Value, row.FirstOf(s_system)?.Name ?? "system");
        string? instruction = context.Text(row["instruction"], "instruction");
        string? input = context.Text(row.FirstOf(s_input)?.Value, row.FirstOf(s_input)?.Name ?? "input");
        if (row["instruction"] is null)
            context.Error(ProblemKind.MissingField, "The field \"instruction\" is missing.", "Add \"instruction\", or remove the row.", "instruction", row);
        if (context.Failed) return null;
        string prompt = string.Join('\n', new[] { instruction, input }.Where(part => !string.IsNullOrWhiteSpace(part)));
        if (prompt.Length == 0)
            context.Error(ProblemKind.EmptyPrompt, "instruction and input are both empty.", "Fill one in, or remove the row.", "instruction", row["instruction"]);
        string? output = context.RequiredText(row.FirstOf(s_output), "output", ProblemKind.EmptyOutput, "The answer", row);

        var turns = new List<Turn>();
        if (!string.IsNullOrEmpty(system)) turns.Add(new Turn(new ChatMessage("system", system)));
        AddHistory(row["history"], turns, context);
        if (context.Failed) return null;
        turns.Add(new Turn(new ChatMessage("user", prompt)));
        turns.Add(new Turn(new ChatMessage("assistant", output!)));
        return new ConversationRow(context.Source, turns);
    }

    private static void AddHistory(JsonItem? history, List<Turn> turns, RowContext context)
    {
        if (history is null or { Kind: JsonKind.Null }) return;
        if (history.Kind != JsonKind.List)
        {
            context.Error(ProblemKind.WrongType, $"history is {history.KindName}, not a list of pairs.", "Write [[\"question\", \"answer\"], …].", "history", history);
            return;
        }
        for (int i = 0; i < history.Items.Count; i++)
        {
            JsonItem pair = history.Items[i];
            if (pair is not { Kind: JsonKind.List, Items.Count: 2 })
            {
                context.Error(ProblemKind.WrongType, $"history[{i}] is not a pair of question and answer.", "Write [\"question\", \"answer\"].", $"history[{i}]", pair);
                continue;
            }
            string? question = context.Text(pair.Items[0], $"history[{i}][0]");
            string? answer = context.Text(pair.Items[1], $"history[{i}][1]");
            turns.Add(new Turn(new ChatMessage("user", question ?? "")));
            turns.Add(new Turn(new ChatMessage("assistant", answer ?? "")));
        }
    }
}
