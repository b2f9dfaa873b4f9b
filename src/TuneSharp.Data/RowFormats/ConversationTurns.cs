using System.Globalization;
using System.Text.Json.Nodes;
using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>Reads a list of turns in either spelling, with tool calls, content parts, weights, and the order of roles checked.</summary>
internal static class ConversationTurns
{
    private static readonly string[] s_listKeys = ["messages", "conversations", "conversation"];
    private static readonly string[] s_weightKeys = ["weight", "loss_weight"];

    /// <summary>The member that holds the turns.</summary>
    public static JsonMember? List(JsonItem row) => row.FirstOf(s_listKeys);

    public static bool IsList(string column) => s_listKeys.Contains(column);

    public static bool Uses(string column) => IsList(column) || column is "system" or "tools" or "functions";

    public static string? Recognise(JsonItem row, TurnKeys keys, string emptyListKey)
    {
        if (List(row) is not { } list) return null;
        if (list.Value is { Kind: JsonKind.List, Items: [var first, ..] })
        {
            return first[keys.Role] is not null || (first[keys.Content] is not null && list.Name == emptyListKey)
                ? $"the rows have a list \"{list.Name}\" of turns with \"{keys.Role}\" and \"{keys.Content}\"" : null;
        }
        return list.Name == emptyListKey ? $"the rows have the key \"{list.Name}\"" : null;
    }

    /// <summary>The list of turns, and the turns that stand outside of it (a system field); null after an error.</summary>
    public static (JsonMember List, List<Turn> Turns)? Start(JsonItem row, string usualKey, RowContext context)
    {
        if (List(row) is not { } list)
        {
            context.Error(ProblemKind.MissingField, $"The field \"{usualKey}\" is missing.", $"Add \"{usualKey}\", or remove the row.", usualKey, row);
            return null;
        }
        if (list.Value.Kind != JsonKind.List)
        {
            context.Error(ProblemKind.WrongType, $"{list.Name} is {list.Value.KindName}, not a list of turns.", null, list.Name, list.Value);
            return null;
        }
        if (list.Value.Items.Count == 0)
        {
            context.Error(ProblemKind.EmptyConversation, "The conversation has no turns.", "Remove the row.", list.Name, list.Value);
            return null;
        }
        var turns = new List<Turn>(list.Value.Items.Count + 1);
        if (context.Text(row["system"], "system") is { Length: > 0 } system) turns.Add(new Turn(new ChatMessage("system", system)));
        return (list, turns);
    }

    /// <param name="strictOrder">Questions (or tool results) and answers must take turns.</param>
    public static DatasetRow? Read(JsonItem row, TurnKeys keys, string usualKey, bool strictOrder, RowContext context)
    {
        if (Start(row, usualKey, context) is not var (list, turns)) return null;
        for (int i = 0; i < list.Value.Items.Count; i++)
            if (ReadTurn(list.Value.Items[i], keys, $"{list.Name}[{i}]", context) is { } turn) turns.Add(turn);
        JsonArray? tools = ToolCalls.Declarations(row["tools"] ?? row["functions"], context);
        if (context.Failed) return null;

        if (strictOrder) CheckOrder(turns, list, context);
        if (context.Failed) return null;
        if (!turns.Exists(t => t.Message.Role == "assistant")) context.Error(ProblemKind.NothingToLearn, "There is no assistant message.", "Add an answer, or remove the row.");
        else if (turns[^1].Message.Role != "assistant") context.Error(ProblemKind.Unpaired, $"The last {turns[^1].Message.Role} turn has no answer.", "Add the answer, or remove that turn.");
        else if (!turns.Exists(t => t.IsLearned)) context.Error(ProblemKind.NothingToLearn, "Every answer has weight 0.", "Give one of them weight 1, or remove the row.");
        return context.Failed ? null : new ConversationRow(context.Source, turns) { Tools = tools };
    }

    /// <summary>A list of turns in whichever spelling its first turn has; problems go to the context.</summary>
    public static List<Turn> Turns(JsonItem list, string field, RowContext context)
    {
        var turns = new List<Turn>();
        if (list.Kind != JsonKind.List)
        {
            context.Error(ProblemKind.WrongType, $"{field} is {list.KindName}, not a list of turns.", null, field, list);
            return turns;
        }
        TurnKeys keys = list.Items is [{ Kind: JsonKind.Object } first, ..] && first[TurnKeys.ShareGpt.Role] is not null ? TurnKeys.ShareGpt : TurnKeys.OpenAi;
        for (int i = 0; i < list.Items.Count; i++)
            if (ReadTurn(list.Items[i], keys, $"{field}[{i}]", context) is { } turn) turns.Add(turn);
        return turns;
    }

    private static Turn? ReadTurn(JsonItem item, TurnKeys keys, string field, RowContext context)
    {
        if (item.Kind != JsonKind.Object)
        {
            context.Error(ProblemKind.WrongType, $"{field} is {item.KindName}, not a turn.", $"Write {{\"{keys.Role}\": …, \"{keys.Content}\": …}}.", field, item);
            return null;
        }
        if (item[keys.Role] is not { } roleItem)
        {
            context.Error(ProblemKind.MissingField, $"The field \"{keys.Role}\" is missing.", null, $"{field}.{keys.Role}", item);
            return null;
        }
        string spelling = context.Text(roleItem, $"{field}.{keys.Role}") ?? "";
        if (!keys.Roles.TryGetValue(spelling, out string? role))
        {
            context.Error(ProblemKind.UnknownRole, $"Role {Formats.Errors.Quoted.Text(spelling)} is not known.", $"Known roles: {keys.KnownRoles}.", $"{field}.{keys.Role}", roleItem);
            return null;
        }
        string contentField = $"{field}.{keys.Content}";
        JsonItem? content = item[keys.Content];
        if (role == TurnKeys.Call) return ToolCalls.FromText(content, contentField, context);

        JsonArray? calls = ToolCalls.FromMessage(item["tool_calls"], field, context);
        string? text = content is { Kind: JsonKind.List } ? ContentParts(content, contentField, context) : context.Text(content, contentField);
        if (context.Failed) return null;
        if (text is null && calls is null)
        {
            if (content is null) context.Error(ProblemKind.MissingField, $"The {role} message has neither {keys.Content} nor tool_calls.", "Add one of them, or remove the row.", contentField, item);
            else context.Error(ProblemKind.EmptyOutput, $"The {role} message is empty.", "Fill it in, or remove the row.", contentField, content);
            return null;
        }
        if (role is "assistant" && calls is null && string.IsNullOrWhiteSpace(text))
            context.Error(ProblemKind.EmptyOutput, "The answer is empty.", "Fill it in, or remove the row.", contentField, content);
        else if (role is "user" && string.IsNullOrWhiteSpace(text))
            context.Error(ProblemKind.EmptyPrompt, "The question is empty.", "Fill it in, or remove the row.", contentField, content);
        return new Turn(new ChatMessage(role, text ?? "") { Extra = Extra(item, keys, calls, text is null) }, role == "assistant" ? Weight(item, field, context) : null);
    }

    // Keys that templates may use (name, tool_call_id, reasoning_content …) stay; what is ours is taken out.
    private static JsonObject? Extra(JsonItem item, TurnKeys keys, JsonArray? calls, bool noContent)
    {
        JsonObject? extra = null;
        foreach (JsonMember member in item.Members)
        {
            if (member.Name == keys.Role || member.Name == keys.Content || member.Name == "tool_calls" || s_weightKeys.Contains(member.Name) || member.Value.Kind == JsonKind.Null) continue;
            (extra ??= [])[member.Name] = member.Value.ToNode();
        }
        if (calls is not null) (extra ??= [])["tool_calls"] = calls;
        if (noContent) (extra ??= [])["content"] = null;
        return extra;
    }

    private static string? ContentParts(JsonItem parts, string field, RowContext context)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < parts.Items.Count; i++)
        {
            JsonItem part = parts.Items[i];
            string partField = $"{field}[{i}]";
            string? type = part.Kind == JsonKind.Object ? context.Text(part["type"], partField + ".type") : null;
            if (type is not "text")
            {
                context.Error(ProblemKind.NotSupported, $"The part is {(type is null ? part.KindName : "of type " + Formats.Errors.Quoted.Text(type))}; only text parts can be learned.", "Remove the part, or the row.", partField, part);
                return null;
            }
            text.Append(context.Text(part["text"] ?? part["value"], partField + ".text"));
        }
        return text.ToString();
    }

    private static double? Weight(JsonItem item, string field, RowContext context)
    {
        if (item.FirstOf(s_weightKeys) is not { } weight || weight.Value.Kind == JsonKind.Null) return null;
        if (weight.Value.Kind == JsonKind.Number && double.TryParse(weight.Value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is 0 or 1) return value;
        context.Error(ProblemKind.WrongType, $"{weight.Name} is neither 0 (not learned) nor 1 (learned).", "Write 0 or 1.", $"{field}.{weight.Name}", weight.Value);
        return null;
    }

    private static void CheckOrder(List<Turn> turns, JsonMember list, RowContext context)
    {
        int offset = turns.Count - list.Value.Items.Count;    // a system field in front of the list
        bool answerExpected = false;
        for (int i = 0; i < turns.Count; i++)
        {
            string role = turns[i].Message.Role;
            if (role == "system" && i == 0) continue;
            bool isAnswer = role == "assistant";
            if (role != "system" && isAnswer == answerExpected)
            {
                answerExpected = !answerExpected;
                continue;
            }
            string why = role == "system" ? "A system turn stands inside the conversation."
                : isAnswer ? (i == offset ? "The conversation begins with an answer." : "Two answers follow each other.")
                : "Two human turns follow each other.";
            context.Error(ProblemKind.RoleOrder, why, "Let questions and answers take turns, or use the messages form.", $"{list.Name}[{i - offset}]", list.Value.Items[i - offset]);
            return;
        }
    }
}
