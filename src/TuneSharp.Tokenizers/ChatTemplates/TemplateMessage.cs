using System.Text.Json.Nodes;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>A message as templates get it: without null keys, and with its reasoning under every name that templates look for.</summary>
internal static class TemplateMessage
{
    private static readonly string[] s_reasoningKeys = ["reasoning_content", "reasoning", "thinking"];

    public static JsonObject From(ChatMessage message)
    {
        JsonObject json = message.ToJson();
        JsonNode? reasoning = s_reasoningKeys.Select(key => json[key]).FirstOrDefault(value => value is not null);
        if (reasoning is null) return json;
        foreach (string key in (string[])["reasoning_content", "thinking"])
            if (!json.ContainsKey(key)) json.Add(key, reasoning.DeepClone());
        return json;
    }
}
