using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.Conversion;

/// <summary>Writes a row in another form. What that form cannot hold is named, never dropped silently; further columns are carried over.</summary>
public static class RowConversion
{
    internal static JsonSerializerOptions Form { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="row">A row as the reader gave it.</param>
    /// <param name="target">The form to write.</param>
    /// <param name="system">System text for rows that have none; null = none is added.</param>
    public static ConvertedRow Convert(DatasetRow row, ConversionTarget target, string? system = null)
    {
        ArgumentNullException.ThrowIfNull(row);
        var losses = new List<ConversionLoss>();
        if (row is not ConversationRow conversation)
            return new ConvertedRow(null, [new ConversionLoss(row.Source, "row", row is TextRow ? "A text has no question and no answer." : "The row is for another kind of training.")]);
        IReadOnlyList<Turn> turns = conversation.Turns;
        if (system is { Length: > 0 } && !turns.Any(turn => turn.Message.Role == "system")) turns = [new Turn(new ChatMessage("system", system)), .. turns];
        JsonObject? json = target switch
        {
            ConversionTarget.Messages => Messages(turns, conversation.Tools),
            ConversionTarget.Alpaca => Alpaca(turns, conversation, losses),
            _ => PromptCompletion(turns, conversation, losses),
        };
        if (json is null) return new ConvertedRow(null, losses);
        foreach ((string column, JsonNode? value) in conversation.OtherColumns ?? [])
            if (!json.TryAdd(column, value?.DeepClone())) losses.Add(new ConversionLoss(row.Source, column, "The new form uses this name for something else."));
        return new ConvertedRow(json, losses);
    }

    private static JsonObject Messages(IReadOnlyList<Turn> turns, JsonArray? tools)
    {
        var json = new JsonObject { ["messages"] = List(turns, weights: true) };
        if (tools is not null) json["tools"] = tools.DeepClone();
        return json;
    }

    private static JsonObject? Alpaca(IReadOnlyList<Turn> turns, ConversationRow row, List<ConversionLoss> losses)
    {
        int start = turns[0].Message.Role == "system" ? 1 : 0;
        bool alternate = (turns.Count - start) % 2 == 0;
        for (int i = start; i < turns.Count && alternate; i++) alternate = turns[i].Message.Role == ((i - start) % 2 == 0 ? "user" : "assistant");
        if (!alternate || turns.Any(turn => turn.Message.Extra?["tool_calls"] is not null))
        {
            losses.Add(new ConversionLoss(row.Source, "row", "Alpaca's form holds questions and answers that take turns; this row has other turns, or tool calls."));
            return null;
        }
        NoteTools(row, losses);
        NoteTurnFields(turns, row, keepWeights: false, losses);
        var json = new JsonObject { ["instruction"] = turns[^2].Message.Content, ["input"] = "", ["output"] = turns[^1].Message.Content };
        if (start == 1) json["system"] = turns[0].Message.Content;
        if (turns.Count - start > 2)
            json["history"] = new JsonArray([.. Enumerable.Range(0, (turns.Count - start) / 2 - 1).Select(pair => (JsonNode)new JsonArray(turns[start + 2 * pair].Message.Content, turns[start + 2 * pair + 1].Message.Content))]);
        return json;
    }

    private static JsonObject? PromptCompletion(IReadOnlyList<Turn> turns, ConversationRow row, List<ConversionLoss> losses)
    {
        if (turns[^1].Message.Role != "assistant")
        {
            losses.Add(new ConversionLoss(row.Source, "row", "The conversation does not end with an answer."));
            return null;
        }
        for (int i = 0; i < turns.Count - 1; i++)
            if (turns[i].IsLearned) losses.Add(new ConversionLoss(row.Source, $"messages[{i}]", "This answer stands in the prompt now: it is no longer learned."));
        if (!turns[^1].IsLearned) losses.Add(new ConversionLoss(row.Source, $"messages[{turns.Count - 1}].weight", "The completion is always learned."));
        bool isText = turns.Count == 2 && turns[0].Message.Role == "user" && row.Tools is null && turns.All(turn => turn.Message.Extra is null);
        if (isText) return new JsonObject { ["prompt"] = turns[0].Message.Content, ["completion"] = turns[1].Message.Content };
        var json = new JsonObject { ["prompt"] = List([.. turns.SkipLast(1)], weights: false), ["completion"] = List([turns[^1]], weights: false) };
        if (row.Tools is { } tools) json["tools"] = tools.DeepClone();
        return json;
    }

    private static void NoteTools(ConversationRow row, List<ConversionLoss> losses)
    {
        if (row.Tools is not null) losses.Add(new ConversionLoss(row.Source, "tools", "The form has no place for tool declarations."));
    }

    private static void NoteTurnFields(IReadOnlyList<Turn> turns, ConversationRow row, bool keepWeights, List<ConversionLoss> losses)
    {
        int added = turns.Count - row.Turns.Count;
        for (int i = added; i < turns.Count; i++)
        {
            foreach ((string key, _) in turns[i].Message.Extra ?? []) losses.Add(new ConversionLoss(row.Source, $"messages[{i - added}].{key}", "The form has no place for it."));
            if (!keepWeights && turns[i].Weight == 0) losses.Add(new ConversionLoss(row.Source, $"messages[{i - added}].weight", "The form has no weights: this answer is learned now."));
        }
    }

    private static JsonArray List(IReadOnlyList<Turn> turns, bool weights) => new([.. turns.Select(turn => (JsonNode)Message(turn, weights))]);

    private static JsonObject Message(Turn turn, bool weights)
    {
        var json = new JsonObject { ["role"] = turn.Message.Role, ["content"] = turn.Message.Content };
        foreach ((string key, JsonNode? value) in turn.Message.Extra ?? [])
            json[key] = key == "tool_calls" && value is JsonArray calls ? ToolCalls(calls) : value?.DeepClone();
        if (weights && turn.Weight is { } weight) json["weight"] = (int)weight;
        return json;
    }

    // OpenAI's files hold the arguments as JSON text.
    private static JsonArray ToolCalls(JsonArray calls)
    {
        var written = (JsonArray)calls.DeepClone();
        foreach (JsonNode? call in written)
            if (call?["function"] is JsonObject function && function["arguments"] is JsonObject arguments) function["arguments"] = arguments.ToJsonString(Form);
        return written;
    }
}
