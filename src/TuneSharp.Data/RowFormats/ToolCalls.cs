using System.Text;
using System.Text.Json.Nodes;
using TuneSharp.Data.Json;
using TuneSharp.Tokenizers.ChatTemplates;

namespace TuneSharp.Data.RowFormats;

/// <summary>
/// Tool calls and tool declarations in all spellings, brought into the form that chat templates expect:
/// <c>tool_calls: [{id?, type: "function", function: {name, arguments: object}}]</c>.
/// </summary>
internal static class ToolCalls
{
    /// <summary>The <c>tool_calls</c> of a message; null when it has none.</summary>
    public static JsonArray? FromMessage(JsonItem? calls, string field, RowContext context)
    {
        if (calls is null or { Kind: JsonKind.Null } or { Kind: JsonKind.List, Items.Count: 0 }) return null;
        field += ".tool_calls";
        if (calls.Kind != JsonKind.List)
        {
            context.Error(ProblemKind.WrongType, $"tool_calls is {calls.KindName}, not a list.", null, field, calls);
            return null;
        }
        var result = new JsonArray();
        for (int i = 0; i < calls.Items.Count; i++)
        {
            JsonItem call = calls.Items[i];
            if (Call(call["function"] ?? call, call["id"], $"{field}[{i}]", call, context) is { } read) result.Add(read);
        }
        return result;
    }

    /// <summary>ShareGPT's function_call: the turn's text is the JSON of one call, or of a list of calls.</summary>
    public static Turn? FromText(JsonItem? content, string field, RowContext context)
    {
        string? text = context.Text(content, field);
        JsonItem? value = text is null ? null : JsonParser.ParseAlone(Encoding.UTF8.GetBytes(text)).Value;
        if (value is not { Kind: JsonKind.Object or JsonKind.List })
        {
            context.Error(ProblemKind.WrongType, "The function call is not the JSON of {\"name\", \"arguments\"}.", null, field, content);
            return null;
        }
        var calls = new JsonArray();
        foreach (JsonItem call in value.Kind == JsonKind.List ? value.Items : [value])
            if (Call(call, null, field, content!, context) is { } read) calls.Add(read);
        return context.Failed ? null : new Turn(new ChatMessage("assistant", "") { Extra = new JsonObject { ["tool_calls"] = calls, ["content"] = null } });
    }

    /// <summary>The tools that a row declares: a list, or the JSON text of one; null when there are none.</summary>
    public static JsonArray? Declarations(JsonItem? tools, RowContext context)
    {
        if (tools is null or { Kind: JsonKind.Null }) return null;
        JsonItem? list = tools;
        if (tools.Kind == JsonKind.Text)
        {
            if (string.IsNullOrWhiteSpace(tools.Text)) return null;
            list = JsonParser.ParseAlone(Encoding.UTF8.GetBytes(tools.Text)).Value;
        }
        if (list is not { Kind: JsonKind.List })
        {
            context.Error(ProblemKind.WrongType, "tools is neither a list of tool declarations nor the JSON text of one.", null, "tools", tools);
            return null;
        }
        return list.Items.Count == 0 ? null : (JsonArray)list.ToNode()!;
    }

    private static JsonObject? Call(JsonItem function, JsonItem? id, string field, JsonItem at, RowContext context)
    {
        JsonItem? arguments = function["arguments"];
        if (arguments is { Kind: JsonKind.Text }) arguments = JsonParser.ParseAlone(Encoding.UTF8.GetBytes(arguments.Text)).Value;
        if (function["name"] is not { Kind: JsonKind.Text } name || (function["arguments"] is not null && arguments is null))
        {
            context.Error(ProblemKind.WrongType, "A tool call needs a name, and arguments that are JSON.", null, field, at);
            return null;
        }
        var call = new JsonObject();
        if (id is { Kind: JsonKind.Text }) call["id"] = id.Text;
        call["type"] = "function";
        call["function"] = new JsonObject { ["name"] = name.Text, ["arguments"] = arguments?.ToNode() ?? new JsonObject() };
        return call;
    }
}
