using System.Text;
using System.Text.Json.Nodes;

namespace TuneSharp.Data.Rendering.Slots;

/// <summary>A call of a tool.</summary>
/// <param name="Arguments">JSON.</param>
internal readonly record struct ToolCall(string Name, JsonNode? Arguments);

/// <summary>How a family of models was shown tools and taught to call them.</summary>
internal abstract class ToolTexts
{
    /// <summary>The text behind the system text that declares the tools.</summary>
    public abstract string Declare(IReadOnlyList<JsonObject> tools);

    /// <summary>The answer that calls tools.</summary>
    /// <exception cref="Formats.InvalidInputException">The model cannot call several at once.</exception>
    public abstract string Call(IReadOnlyList<ToolCall> calls);

    /// <exception cref="ArgumentException">No such family.</exception>
    public static ToolTexts Of(string name) => name switch
    {
        "default" => new PlainToolTexts(),
        "qwen" => new QwenToolTexts(),
        "glm4" => new Glm4ToolTexts(),
        "llama3" => new Llama3ToolTexts(),
        "mistral" => new MistralToolTexts(),
        _ => throw new ArgumentException($"There are no tool texts '{name}'.", nameof(name)),
    };

    /// <summary>The function itself, without the envelope {"type": "function", "function": …}.</summary>
    protected static JsonObject Function(JsonObject tool) => (string?)tool["type"] == "function" && tool["function"] is JsonObject function ? function : tool;

    /// <summary>The function in its envelope.</summary>
    protected static JsonObject Wrapped(JsonObject tool) => (string?)tool["type"] == "function" ? tool : new JsonObject { ["type"] = "function", ["function"] = tool.DeepClone() };

    protected static JsonObject Called(ToolCall call, string argumentsKey) => new() { ["name"] = call.Name, [argumentsKey] = call.Arguments?.DeepClone() };
}

/// <summary>LLaMA-Factory's own way, for models that were not taught one: "Action: …".</summary>
internal sealed class PlainToolTexts : ToolTexts
{
    public override string Declare(IReadOnlyList<JsonObject> tools)
    {
        var text = new StringBuilder("You have access to the following tools:\n");
        var names = new List<string>();
        foreach (JsonObject tool in tools.Select(Function))
        {
            string name = (string?)tool["name"] ?? "";
            names.Add(name);
            text.Append($"> Tool Name: {name}\nTool Description: {(string?)tool["description"] ?? ""}\nTool Args:\n");
            JsonObject? parameters = tool["parameters"] as JsonObject;
            string[] required = [.. (parameters?["required"] as JsonArray ?? []).Select(item => Text(item))];
            foreach ((string parameter, JsonNode? schema) in parameters?["properties"] as JsonObject ?? []) text.Append(Parameter(parameter, schema as JsonObject ?? [], required.Contains(parameter)));
            text.Append('\n');
        }
        return text.Append("Use the following format if using a tool:\n```\nAction: tool name (one of [").AppendJoin(", ", names)
            .Append("])\nAction Input: the input to the tool, in a JSON format representing the kwargs (e.g. ```{\"input\": \"hello world\", \"num_beams\": 5}```)\n```\n").ToString();
    }

    public override string Call(IReadOnlyList<ToolCall> calls) => string.Join('\n', calls.Select(call => $"Action: {call.Name}\nAction Input: {PythonJsonText.Write(call.Arguments)}"));

    private static string Parameter(string name, JsonObject schema, bool isRequired)
    {
        string choices = schema["enum"] is JsonArray { Count: > 0 } values ? $", should be one of [{string.Join(", ", values.Select(value => Text(value)))}]" : "";
        string items = schema["items"] is JsonObject { Count: > 0 } item ? $", where each item should be {Text(item["type"])}" : "";
        return $"  - {name} ({Text(schema["type"])}{(isRequired ? ", required" : "")}): {Text(schema["description"])}{choices}{items}\n";
    }

    private static string Text(JsonNode? node) => node is null ? "" : node.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}

/// <summary>Qwen 2.5 and Hermes: XML tags around JSON lines.</summary>
internal sealed class QwenToolTexts : ToolTexts
{
    public override string Declare(IReadOnlyList<JsonObject> tools) =>
        "\n\n# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within <tools></tools> XML tags:\n<tools>"
        + string.Concat(tools.Select(tool => "\n" + PythonJsonText.Write(Wrapped(tool))))
        + "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>";

    public override string Call(IReadOnlyList<ToolCall> calls) => string.Join('\n', calls.Select(call => $"<tool_call>\n{PythonJsonText.Write(Called(call, "arguments"))}\n</tool_call>"));
}

/// <summary>ChatGLM3 and GLM-4: the name on a line, then the arguments; one call at a time.</summary>
internal sealed class Glm4ToolTexts : ToolTexts
{
    public override string Declare(IReadOnlyList<JsonObject> tools) =>
        "你是一个名为 ChatGLM 的人工智能助手。你是基于智谱 AI 公司训练的语言模型 GLM-4 模型开发的，你的任务是针对用户的问题和要求提供适当的答复和支持。\n\n# 可用工具"
        + string.Concat(tools.Select(Function).Select(tool => $"\n\n## {(string?)tool["name"]}\n\n{PythonJsonText.Write(tool, 4)}\n在调用上述函数时，请使用 Json 格式表示调用的参数。"));

    public override string Call(IReadOnlyList<ToolCall> calls) => calls.Count == 1 ? $"{calls[0].Name}\n{PythonJsonText.Write(calls[0].Arguments)}"
        : throw new Formats.InvalidInputException("GLM's form holds one tool call an answer; this one has several.", null, "Cut it into several answers.");
}

/// <summary>Llama 3: JSON with "parameters". The date that stands in front of the tools is the clock's.</summary>
internal sealed class Llama3ToolTexts : ToolTexts
{
    /// <summary>What the text shows as today.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public override string Declare(IReadOnlyList<JsonObject> tools) =>
        $"Cutting Knowledge Date: December 2023\nToday Date: {Clock.GetLocalNow().ToString("dd MMM yyyy", System.Globalization.CultureInfo.InvariantCulture)}\n\n"
        + "You have access to the following functions. To call a function, please respond with JSON for a function call. Respond in the format {\"name\": function name, \"parameters\": dictionary of argument name and its value}. Do not use variables.\n\n"
        + string.Concat(tools.Select(tool => PythonJsonText.Write(Wrapped(tool), 4) + "\n\n"));

    public override string Call(IReadOnlyList<ToolCall> calls)
    {
        JsonObject[] called = [.. calls.Select(call => Called(call, "parameters"))];
        return PythonJsonText.Write(called.Length == 1 ? called[0] : new JsonArray([.. called]));
    }
}

/// <summary>Mistral: lists in brackets.</summary>
internal sealed class MistralToolTexts : ToolTexts
{
    public override string Declare(IReadOnlyList<JsonObject> tools) => $"[AVAILABLE_TOOLS] {PythonJsonText.Write(new JsonArray([.. tools.Select(tool => Wrapped(tool).DeepClone())]))}[/AVAILABLE_TOOLS]";

    public override string Call(IReadOnlyList<ToolCall> calls) => PythonJsonText.Write(new JsonArray([.. calls.Select(call => Called(call, "arguments"))]));
}
