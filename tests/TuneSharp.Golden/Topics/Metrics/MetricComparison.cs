using System.Collections;
using System.Text.Json;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Metrics;

/// <summary>
/// Compares everything that a recording expects with what was computed, name by name: a name for which nothing was computed
/// is a part that is not built, never one that is passed over.
/// </summary>
internal static class MetricComparison
{
    // "metrics 1e-12 relative (sums in another order: 1e-9)" (outcomes/README.md)
    private const double Relative = 1e-9;

    // For a recorded zero only: rounding leaves something of the size of the terms that cancelled, which are about 1.
    private const double Absolute = 1e-12;

    /// <param name="expected">An object of the recording.</param>
    /// <param name="inputs">Names in it that are no results.</param>
    /// <param name="actual">Results by name: numbers, texts, lists, dictionaries of these.</param>
    /// <param name="relative">Where the README names another tolerance.</param>
    public static GoldenResult Of(JsonElement expected, string[] inputs, IReadOnlyDictionary<string, object?> actual, double relative = Relative) =>
        GoldenResult.All(expected.EnumerateObject().Where(p => !inputs.Contains(p.Name)).Select(p => actual.TryGetValue(p.Name, out object? value) ? Of(p.Value, value, p.Name, relative) : GoldenResult.NotBuilt(p.Name)));

    public static GoldenResult Of(JsonElement expected, object? actual, string name, double relative = Relative)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Null:
                return GoldenResult.Equal(actual is null, $"{name} is {actual}, not null");
            case JsonValueKind.True or JsonValueKind.False:
                return GoldenResult.Equal(actual is bool flag && flag == expected.GetBoolean(), $"{name} is {actual}, not {expected}");
            case JsonValueKind.Number:
                return Close(actual is null ? double.NaN : Convert.ToDouble(actual), expected.GetDouble(), name, relative);
            case JsonValueKind.String when actual is double or float or int or long:
                return Close(Convert.ToDouble(actual), Special(expected.GetString()!), name, relative);
            case JsonValueKind.String:
                return GoldenResult.Equal(actual as string == expected.GetString(), $"{name} is '{actual}', not '{expected}'");
            case JsonValueKind.Object when actual is IReadOnlyDictionary<string, object?> fields:
                return Of(expected, [], fields, relative);
            case JsonValueKind.Array when actual is IEnumerable list and not string:
                object?[] items = [.. list.Cast<object?>()];
                if (items.Length != expected.GetArrayLength()) return GoldenResult.Equal(false, $"{name} has {items.Length} entries, not {expected.GetArrayLength()}");
                return items.Length == 0 ? GoldenResult.Equal(true) : GoldenResult.All(items.Select((item, i) => Of(expected[i], item, $"{name}[{i}]", relative)));
            default:
                return GoldenResult.Equal(false, $"{name} is {actual?.GetType().Name ?? "null"}, not {expected.ValueKind}");
        }
    }

    /// <summary>A number of a recording, in which words stand for those that JSON does not have.</summary>
    public static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : Special(value.GetString()!);

    public static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    public static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];

    private static double Special(string word) => word switch
    {
        "NaN" => double.NaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => throw new InvalidDataException($"'{word}' stands for no number."),
    };

    private static GoldenResult Close(double actual, double expected, string name, double relative)
    {
        if (double.IsNaN(expected) || double.IsInfinity(expected)) return GoldenResult.Equal(actual.Equals(expected), $"{name} is {actual}, not {expected}");
        double tolerance = expected == 0 ? Absolute : relative * Math.Abs(expected), deviation = Math.Abs(actual - expected);
        bool agreed = deviation <= tolerance;
        return new GoldenResult(agreed, deviation, tolerance, agreed ? null : $"{name} is {actual:R}, not {expected:R}");
    }
}
