using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Json;

namespace TuneSharp.Peft;

/// <summary>Keys of an adapter_config.json that this program does not act on: they must be switched off, or the adapter is refused.</summary>
internal static class UnhonouredKeys
{
    /// <param name="fields">The file.</param>
    /// <param name="honoured">Keys that are acted on, or that never have an effect.</param>
    /// <param name="defaults">Keys of the format with the JSON of the value that means "off".</param>
    /// <exception cref="InvalidInputException">A key has another value than its default, or is nowhere listed and not null, false or empty.</exception>
    public static void Refuse(CheckedFields fields, IReadOnlyCollection<string> honoured, IReadOnlyDictionary<string, string> defaults)
    {
        foreach ((string key, JsonNode? value) in fields.Json)
        {
            if (honoured.Contains(key) || IsOff(value)) continue;
            if (defaults.TryGetValue(key, out string? off) && JsonNode.DeepEquals(value, JsonNode.Parse(off))) continue;
            throw new InvalidInputException($"The adapter uses `{key}`: {Short(value!)}, which this program cannot honour yet.", fields.Where, "Merge the adapter into its base with PEFT and use the merged model.");
        }
    }

    private static bool IsOff(JsonNode? value) => value is null || value.GetValueKind() == JsonValueKind.False || value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static string Short(JsonNode value) => value.ToJsonString() is var text && text.Length > 80 ? text[..80] + " …" : text;
}
