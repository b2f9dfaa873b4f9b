using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>
/// Pairs of a better and a worse answer: TRL and Alpaca (<c>chosen</c>, <c>rejected</c> as texts, messages or lists of messages),
/// ShareGPT, OpenAI and Together (<c>preferred_output</c>), LLaMA-Factory V1 (<c>chosen_messages</c>).
/// </summary>
internal sealed class PreferenceRows : IRowFormat
{
    private static readonly (string Chosen, string Rejected)[] s_keys =
    [
        ("chosen", "rejected"), ("preferred_output", "non_preferred_output"), ("preferred_completion", "non_preferred_completion"), ("chosen_messages", "rejected_messages"),
    ];

    public string Name => "preference";

    public IReadOnlyList<string> Aliases => ["dpo", "ranking"];

    public string Keys => "prompt (or instruction, conversations, input), chosen, rejected";

    public string Example => """{"prompt": "What do cows eat?", "chosen": "Grass.", "rejected": "Stones."}""";

    public string? OtherTask => "preference";

    public bool Uses(string column) => true;

    public string? Recognise(JsonItem row) => KeysOf(row) is var (chosen, rejected) ? $"the rows have the keys \"{chosen}\" and \"{rejected}\"" : null;

    public DatasetRow? Read(JsonItem row, RowContext context)
    {
        if (KeysOf(row) is not var (chosenKey, rejectedKey))
        {
            context.Error(ProblemKind.MissingField, "The fields \"chosen\" and \"rejected\" are missing.", "Add both, or remove the row.", "chosen", row);
            return null;
        }
        List<Turn> prompt = Prompt(row, context);
        (List<Turn> before, ChatMessage chosen)? better = Answer(row[chosenKey]!, chosenKey, context);
        (List<Turn> before, ChatMessage rejected)? worse = Answer(row[rejectedKey]!, rejectedKey, context);
        if (context.Failed || better is not var (shared, good) || worse is not var (_, bad)) return null;
        if (prompt.Count == 0) prompt = shared;    // the implicit form: both lists hold the whole conversation
        if (prompt.Count == 0) context.Error(ProblemKind.EmptyPrompt, "There is no question in front of the two answers.", "Add \"prompt\".", "prompt", row);
        if (good.Content == bad.Content) context.Error(ProblemKind.EqualPair, "chosen and rejected are the same text.", "Remove the row, or correct one of them.");
        return context.Failed ? null : new PreferenceRow(context.Source, prompt, good, bad);
    }

    private static (string Chosen, string Rejected)? KeysOf(JsonItem row)
    {
        foreach ((string chosen, string rejected) in s_keys)
            if (row[chosen] is not null && row[rejected] is not null) return (chosen, rejected);
        return null;
    }

    private static List<Turn> Prompt(JsonItem row, RowContext context)
    {
        JsonItem inner = row["input"] is { Kind: JsonKind.Object } input ? input : row;
        if (ConversationTurns.List(inner) is { } list) return ConversationTurns.Turns(list.Value, list.Name, context);
        if (row["prompt"] is { Kind: JsonKind.List } messages) return ConversationTurns.Turns(messages, "prompt", context);
        var turns = new List<Turn>();
        if (context.Text(row["system"], "system") is { Length: > 0 } system) turns.Add(new Turn(new ChatMessage("system", system)));
        string[] keys = row["instruction"] is null ? ["prompt", "question"] : ["instruction", "input"];
        string prompt = string.Join('\n', keys.Select(key => context.Text(row[key], key)).Where(part => !string.IsNullOrWhiteSpace(part)));
        if (prompt.Length > 0) turns.Add(new Turn(new ChatMessage("user", prompt)));
        return turns;
    }

    // A text, one message, or a list of messages whose last one is the answer.
    private static (List<Turn> Before, ChatMessage Answer)? Answer(JsonItem item, string key, RowContext context)
    {
        if (item.Kind is JsonKind.Object or JsonKind.List)
        {
            JsonItem list = item.Kind == JsonKind.List ? item : new JsonItem(JsonKind.List, item.Start) { Items = [item] };
            List<Turn> turns = ConversationTurns.Turns(list, key, context);
            if (context.Failed) return null;
            if (turns is [.., { Message: { Role: "assistant" } answer }]) return (turns[..^1], answer);
            context.Error(ProblemKind.MissingField, $"{key} does not end with an answer of the assistant.", "Add it, or remove the row.", key, item);
            return null;
        }
        string? text = context.Text(item, key);
        if (!string.IsNullOrWhiteSpace(text)) return ([], new ChatMessage("assistant", text));
        if (!context.Failed) context.Error(ProblemKind.EmptyOutput, "The answer is empty.", "Fill it in, or remove the row.", key, item);
        return null;
    }
}
