using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Json;

/// <summary>
/// Reads the fields of a JSON object from outside. Each getter checks kind and range, and its error names the field, the value,
/// the limit and the file. A field that is null counts as absent. Fields that nobody asks for are ignored and never act.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="where">Its file, for error messages.</param>
/// <param name="prefix">Path of this object inside the file, as in "rope_scaling."; empty at the top.</param>
public class CheckedFields(JsonObject json, string where, string prefix = "")
{
    public JsonObject Json { get; } = json;

    public string Where { get; } = where;

    /// <summary>True if the field is there and not null.</summary>
    public bool Has(string key) => Json[key] is not null;

    /// <summary>A whole number that must be there.</summary>
    public int GetInt(string key, int min, int max) => GetIntOrNull(key, min, max) ?? throw Missing(key, $"a whole number from {min} to {max}");

    /// <summary>A whole number; <paramref name="fallback"/> if it is absent or null.</summary>
    public int GetInt(string key, int min, int max, int fallback) => GetIntOrNull(key, min, max) ?? fallback;

    public int? GetIntOrNull(string key, int min, int max) => Json[key] is { } node ? ToInt(node, key, min, max) : null;

    /// <summary>A number that must be there.</summary>
    public double GetDouble(string key, double min, double max) => GetDoubleOrNull(key, min, max) ?? throw Missing(key, $"a number from {Text(min)} to {Text(max)}");

    public double GetDouble(string key, double min, double max, double fallback) => GetDoubleOrNull(key, min, max) ?? fallback;

    public double? GetDoubleOrNull(string key, double min, double max)
    {
        if (Json[key] is not { } node) return null;
        double value = ToDouble(node) ?? double.NaN;
        return value >= min && value <= max ? value : throw Wrong(key, $"It must be a number from {Text(min)} to {Text(max)}.");
    }

    /// <summary>A number above zero that must be there.</summary>
    public double GetPositive(string key) => GetPositiveOrNull(key) ?? throw Missing(key, "a number above 0");

    public double? GetPositiveOrNull(string key)
    {
        if (Json[key] is not { } node) return null;
        double value = ToDouble(node) ?? double.NaN;
        return value > 0 && double.IsFinite(value) ? value : throw Wrong(key, "It must be a number above 0.");
    }

    public bool GetBool(string key, bool fallback) => Json[key] is not { } node ? fallback : node.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "It must be true or false."),
    };

    /// <summary>Null if the field is absent or null.</summary>
    public string? GetString(string key) => Json[key] is not { } node ? null
        : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Wrong(key, "It must be a text in quotes.");

    public string GetString(string key, string fallback) => GetString(key) ?? fallback;

    /// <summary>Token ids: a number, a list of numbers, or nothing.</summary>
    public IReadOnlyList<int> GetIds(string key) => Json[key] switch
    {
        null => [],
        JsonArray list => [.. list.Select(node => ToInt(node, key, 0, int.MaxValue))],
        { } node => [ToInt(node, key, 0, int.MaxValue)],
    };

    /// <summary>A list of texts; null if the field is absent.</summary>
    public IReadOnlyList<string>? GetStrings(string key)
    {
        if (Json[key] is not { } node) return null;
        if (node is not JsonArray list || list.Any(item => item?.GetValueKind() != JsonValueKind.String)) throw Wrong(key, "It must be a list of texts.");
        return [.. list.Select(item => item!.GetValue<string>())];
    }

    /// <summary>A list of finite numbers; null if the field is absent.</summary>
    public IReadOnlyList<double>? GetDoubles(string key)
    {
        if (Json[key] is not { } node) return null;
        if (node is not JsonArray list) throw Wrong(key, "It must be a list of numbers.");
        return [.. list.Select(item => item is not null && ToDouble(item) is { } value && double.IsFinite(value) ? value : throw Wrong(key, "It must be a list of numbers."))];
    }

    /// <summary>A nested object; null if the field is absent.</summary>
    public CheckedFields? GetObject(string key) => Json[key] switch
    {
        null => null,
        JsonObject inner => new CheckedFields(inner, Where, $"{prefix}{key}."),
        _ => throw Wrong(key, "It must be an object: { … }."),
    };

    /// <summary>The error for a field whose value cannot be used.</summary>
    /// <param name="key">The field, below this object.</param>
    /// <param name="limit">What it must be: a sentence.</param>
    /// <param name="nextStep">What to do; a sentence or null.</param>
    public InvalidInputException Wrong(string key, string limit, string? nextStep = null) =>
        new($"{prefix}{key} is {Shown(Json[key])}. {limit}", Where, nextStep);

    /// <summary>The error for a field that must be there.</summary>
    public InvalidInputException Missing(string key, string expected) =>
        new($"{prefix}{key} is {(Json.ContainsKey(key) ? "null" : "missing")}. It must be {expected}.", Where, "Take the file from the model's original source.");

    private int ToInt(JsonNode? node, string key, int min, int max) =>
        node is not null && node.GetValueKind() == JsonValueKind.Number &&
        long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? (int)value
            : throw Wrong(key, $"It must be a whole number from {min} to {max}.");

    private static double? ToDouble(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.Number && double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static string Text(double value) => value.ToString("0.######e+0", CultureInfo.InvariantCulture) is var text && Math.Abs(value) is (>= 1e-4 and < 1e6) or 0
        ? value.ToString("0.######", CultureInfo.InvariantCulture)
        : text;

    private static string Shown(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray => "a list",
        JsonObject => "an object",
        _ when node.GetValueKind() == JsonValueKind.String => Quoted.Text(node.GetValue<string>()),
        _ => Quoted.Text(node.ToJsonString()).Trim('\''),
    };
}
