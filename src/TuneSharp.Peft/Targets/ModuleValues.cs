using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>rank_pattern, alpha_pattern: other numbers for some modules. A key fits the end of a module's name; the first that fits wins.</summary>
public sealed class ModuleValues
{
    public static ModuleValues None { get; } = new("", [], []);

    private readonly string _key;
    private readonly IReadOnlyList<(ModulePattern Pattern, string Text, double Value)> _entries;
    private readonly JsonObject _json;

    private ModuleValues(string key, IReadOnlyList<(ModulePattern Pattern, string Text, double Value)> entries, JsonObject json)
    {
        _key = key;
        _entries = entries;
        _json = json;
    }

    public bool IsEmpty => _entries.Count == 0;

    public double Largest => _entries.Max(entry => entry.Value);

    /// <param name="key">Name of the setting.</param>
    /// <param name="node">An object of pattern → number; null: none.</param>
    /// <param name="least">Lowest permitted number; above 0 in any case.</param>
    /// <param name="whole">Only whole numbers.</param>
    /// <param name="where">The file, for errors; null for a setting.</param>
    public static ModuleValues From(string key, JsonNode? node, double least, bool whole, string? where)
    {
        if (node is null) return None;
        if (node is not JsonObject json) throw new InvalidInputException($"`{key}` is no group of pattern: number.", where, $"For example {{q_proj: 4}}.");
        return new ModuleValues(key, [.. json.Select(pair => (ModulePattern.Ending(pair.Key, key), pair.Key, Number(pair.Key, pair.Value)))], json.DeepClone().AsObject());

        double Number(string pattern, JsonNode? value)
        {
            if (value?.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number > 0 && number >= least && number <= 1e6 && (!whole || number == Math.Floor(number))) return number;
            throw new InvalidInputException($"`{key}` gives `{pattern}` {value?.ToJsonString() ?? "nothing"}; it must be a {(whole ? "whole number of at least 1" : "number above 0")}.", where, "Correct the number or remove the entry.");
        }
    }

    /// <summary>The number of a module.</summary>
    public double For(string module, double other)
    {
        foreach ((ModulePattern pattern, _, double value) in _entries)
            if (pattern.Fits(module)) return value;
        return other;
    }

    /// <exception cref="InvalidInputException">An entry fits none of the modules.</exception>
    public void CheckUsed(IReadOnlyList<string> adapted)
    {
        foreach ((ModulePattern pattern, string text, _) in _entries)
            if (!adapted.Any(pattern.Fits)) throw new InvalidInputException($"`{text}` of {_key} fits no module that gets an adapter.", null, $"Those are {string.Join(", ", adapted.Take(8))}{(adapted.Count > 8 ? ", …" : "")}.");
    }

    /// <summary>All numbers multiplied.</summary>
    public ModuleValues Times(int factor) => new(_key, [.. _entries.Select(entry => (entry.Pattern, entry.Text, entry.Value * factor))],
        new JsonObject(_json.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, JsonNode.Parse((_entries.First(entry => entry.Text == pair.Key).Value * factor).ToString("R", CultureInfo.InvariantCulture))))));

    /// <summary>As PEFT writes it: sorted.</summary>
    public JsonObject ToJson() => new(_json.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    /// <summary>In the order in which entries win.</summary>
    public JsonObject ToSetting() => _json.DeepClone().AsObject();
}
