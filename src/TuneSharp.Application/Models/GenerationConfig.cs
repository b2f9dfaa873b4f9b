using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Application.Models;

/// <summary>What is read of a model's generation_config.json: the tokens that end a text.</summary>
internal static class GenerationConfig
{
    public static IEnumerable<int> EndIds(string path)
    {
        JsonNode? end;
        try
        {
            end = JsonNode.Parse(RegularFile.ReadAll(path, 1 << 20))?["eos_token_id"];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException("This is not valid JSON.", path, "Repair or remove the file.", e);
        }

        IEnumerable<JsonNode?> ids = end is JsonArray list ? list : new JsonNode?[] { end };
        return ids.OfType<JsonValue>().Where(id => id.TryGetValue(out int _)).Select(id => id.GetValue<int>());
    }
}
