using System.Globalization;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Gguf;

/// <summary>
/// The metadata of a GGUF file by key. The getters check kind and range; their errors name the key, the value and the limit.
/// Whole numbers of every width are taken where one is asked for.
/// </summary>
public sealed class GgufMetadata(IReadOnlyDictionary<string, GgufValue> values, string where)
{
    public IReadOnlyDictionary<string, GgufValue> Values => values;

    /// <summary>The file.</summary>
    public string Where => where;

    public bool Has(string key) => values.ContainsKey(key);

    public int GetInt(string key, int min, int max) => GetIntOrNull(key, min, max) ?? throw Missing(key, $"a whole number from {min} to {max}");

    public int? GetIntOrNull(string key, int min, int max)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return null;
        return value is GgufInteger { Type: not GgufValueType.Bool } number && number.Unsigned <= long.MaxValue && number.Value >= min && number.Value <= max
            ? (int)number.Value
            : throw Wrong(key, $"It must be a whole number from {min} to {max}.");
    }

    /// <summary>A finite number; whole ones count.</summary>
    public double? GetNumberOrNull(string key)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return null;
        double number = value switch
        {
            GgufFloat f => f.Value,
            GgufInteger { Type: not GgufValueType.Bool } i => i.Value,
            _ => double.NaN,
        };
        return double.IsFinite(number) ? number : throw Wrong(key, "It must be a number.");
    }

    public bool GetBool(string key, bool fallback)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return fallback;
        return value is GgufInteger { Type: GgufValueType.Bool } flag ? flag.Value == 1 : throw Wrong(key, "It must be true or false.");
    }

    public string? GetText(string key)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return null;
        return value is GgufText text ? text.Value : throw Wrong(key, "It must be a text.");
    }

    public GgufTexts? GetTexts(string key)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return null;
        return value is GgufTexts texts ? texts : throw Wrong(key, "It must be a list of texts.");
    }

    public GgufNumbers? GetNumbers(string key)
    {
        if (!values.TryGetValue(key, out GgufValue? value)) return null;
        return value is GgufNumbers numbers ? numbers : throw Wrong(key, "It must be a list of numbers.");
    }

    /// <summary>The error for a key whose value cannot be used.</summary>
    public InvalidInputException Wrong(string key, string limit, string? nextStep = null) =>
        new($"The metadata {key} is {Shown(values[key])}. {limit}", where, nextStep ?? "Get the file again, or take one that was made by llama.cpp's converter.");

    public InvalidInputException Missing(string key, string expected) =>
        new($"The metadata {key} is missing. It must be {expected}.", where, "Get the file again, or take one that was made by llama.cpp's converter.");

    /// <summary>A value as a person reads it; lists by their length.</summary>
    public static string Shown(GgufValue value) => value switch
    {
        GgufInteger { Type: GgufValueType.Bool } flag => flag.Value == 1 ? "true" : "false",
        GgufInteger { Type: GgufValueType.UInt64 } number => number.Unsigned.ToString(CultureInfo.InvariantCulture),
        GgufInteger number => number.Value.ToString(CultureInfo.InvariantCulture),
        GgufFloat { Type: GgufValueType.Float32 } number => ((float)number.Value).ToString("R", CultureInfo.InvariantCulture),
        GgufFloat number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        GgufText text => Quoted.Text(text.Value),
        GgufTexts texts => $"a list of {texts.Count} texts",
        GgufNumbers numbers => $"a list of {numbers.Count} numbers",
        GgufLists lists => $"a list of {lists.Items.Count} lists",
        _ => "a value",
    };
}
