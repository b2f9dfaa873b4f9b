using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Training.Schedules;

/// <summary>What a schedule is built from: w, T, the peak rate and its own arguments, each read by name at most once.</summary>
internal sealed class ScheduleArguments(string schedule, double peak, int warmupSteps, int totalSteps, JsonObject? values)
{
    private readonly HashSet<string> _known = [];

    public double Peak => peak;

    public int WarmupSteps => warmupSteps;

    public int TotalSteps => totalSteps;

    public double? Number(string key)
    {
        _known.Add(key);
        if (values is null || !values.TryGetPropertyValue(key, out JsonNode? node) || node is null) return null;
        // A number that came through a YAML reader may be any CLR number type; its JSON text is what counts.
        if (node.GetValueKind() != JsonValueKind.Number || !double.TryParse(node.ToJsonString(), out double number) || !double.IsFinite(number))
            throw Wrong(key, $"is {node.ToJsonString()}, not a number");
        return number;
    }

    public double Number(string key, double fallback) => Number(key) ?? fallback;

    public int? Count(string key)
    {
        if (Number(key) is not { } number) return null;
        if (number < 0 || number > int.MaxValue || number != Math.Floor(number)) throw Wrong(key, $"is {number}, not a whole number of steps");
        return (int)number;
    }

    public bool Flag(string key, bool fallback)
    {
        _known.Add(key);
        if (values is null || !values.TryGetPropertyValue(key, out JsonNode? node) || node is null) return fallback;
        // From a YAML reader it may come as a text.
        return bool.TryParse(node.ToString(), out bool flag) ? flag : throw Wrong(key, $"is {node.ToJsonString()}; it can be true or false");
    }

    public string Choice(string key, string fallback, params string[] choices)
    {
        _known.Add(key);
        if (values is null || !values.TryGetPropertyValue(key, out JsonNode? node) || node is null) return fallback;
        string? text = node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
        return text is not null && choices.Contains(text) ? text : throw Wrong(key, $"is {node.ToJsonString()}; it can be {string.Join(", ", choices)}");
    }

    public InvalidInputException Wrong(string key, string what) =>
        new($"`{key}` of the learning-rate schedule {schedule} {what}.", "lr_scheduler_kwargs", $"Change lr_scheduler_kwargs.{key} or remove it.");

    public void RefuseUnread()
    {
        string? unknown = values?.Select(pair => pair.Key).FirstOrDefault(key => !_known.Contains(key));
        if (unknown is null) return;
        string known = _known.Count == 0 ? "it takes none" : "it takes " + string.Join(", ", _known.Order());
        throw new InvalidInputException($"The learning-rate schedule {schedule} does not know `{unknown}`: {known}.", "lr_scheduler_kwargs", $"Remove lr_scheduler_kwargs.{unknown}.");
    }
}
