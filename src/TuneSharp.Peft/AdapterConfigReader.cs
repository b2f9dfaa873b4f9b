using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Peft;

/// <summary>Reads the values of an adapter_config.json, which comes from outside: types and ranges are checked, unknown keys named.</summary>
internal sealed class AdapterConfigReader(JsonObject json, string where)
{
    public void RefuseUnless(string key, string expected)
    {
        string? found = Text(key, null);
        if (found != expected) throw new InvalidInputException($"`{key}` is {found ?? "missing"}; expected {expected}.", where, "Use an adapter of that kind.");
    }

    public string? Text(string key, string? fallback) => json[key] switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonNode other => throw new InvalidInputException($"`{key}` is {other.ToJsonString()}, not a text.", where),
    };

    public bool Flag(string key) => json[key]?.GetValueKind() switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        _ => throw new InvalidInputException($"`{key}` is {json[key]!.ToJsonString()}, not true or false.", where),
    };

    public double Number(string key, double fallback, double minimum, double maximum)
    {
        if (json[key] is not { } node) return fallback;
        if (node.GetValueKind() != JsonValueKind.Number || !double.TryParse(node.ToJsonString(), out double number) || !(number >= minimum && number <= maximum))
            throw new InvalidInputException($"`{key}` is {node.ToJsonString()}; it must be a number from {minimum} to {maximum}.", where);
        return number;
    }

    public int Count(string key, int fallback, int minimum, int maximum)
    {
        double number = Number(key, fallback, minimum, maximum);
        return number == Math.Floor(number) ? (int)number : throw new InvalidInputException($"`{key}` is {number}, not a whole number.", where);
    }

    /// <summary>A key of <paramref name="defaults"/> must have its default; one that is nowhere listed must at least be switched off.</summary>
    public void RefuseUnhonoured(IReadOnlyDictionary<string, string> defaults, IReadOnlyCollection<string> honoured)
    {
        foreach ((string key, JsonNode? value) in json)
        {
            if (honoured.Contains(key) || IsOff(value)) continue;
            if (defaults.TryGetValue(key, out string? off) && JsonNode.DeepEquals(value, JsonNode.Parse(off))) continue;
            throw new InvalidInputException($"The adapter uses `{key}`: {Short(value!)}, which this program cannot honour yet.", where, "Merge the adapter into its base with PEFT and use the merged model.");
        }
    }

    private static bool IsOff(JsonNode? value) => value is null || value.GetValueKind() == JsonValueKind.False || value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static string Short(JsonNode value) => value.ToJsonString() is var text && text.Length > 80 ? text[..80] + " …" : text;
}
