using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using TuneSharp.Formats;

namespace TuneSharp.Application.Recipes;

/// <summary>
/// Turns a node of a recipe into the type of its setting and back into text. The type decides how a word is read: `no` is a
/// text where a text is wanted and false where a yes or no is wanted.
/// </summary>
internal static class SettingValue
{
    public static object? Read(SettingDescription setting, string key, RecipeNode node)
    {
        if (node is RecipeScalar { IsNull: true })
            return setting.AllowsNull ? null : throw Wrong(key, node, "needs a value", $"Remove the line to get the default, {Write(setting.Default)}.");
        Type type = setting.Type;
        if (type == typeof(JsonObject)) return Inner(node) is RecipeMap map ? map.ToJson().AsObject() : throw Wrong(key, node, "must be a group of keys", Example(setting));
        if (type == typeof(JsonNode)) return Inner(node).ToJson();
        if (typeof(IReadOnlyList<string>).IsAssignableFrom(type) || type == typeof(string[])) return ReadList(setting, key, node);
        if (type == typeof(IReadOnlyDictionary<int, double>)) return ReadNumbers(setting, key, node);
        if (type.GetMethod("FromJson", BindingFlags.Public | BindingFlags.Static, [typeof(JsonNode)]) is { } fromJson) return Call(fromJson, Inner(node).ToJson(), key, node);
        if (node is not RecipeScalar scalar) throw Wrong(key, node, "must be a single value", Example(setting));
        return ReadScalar(setting, key, scalar, type);
    }

    /// <summary>The value as it is written in a recipe; reading it again gives an equal value.</summary>
    public static string Write(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant(),
        string text => Quote(text),
        Enum word => EnumName(word.GetType(), word.ToString()),
        JsonNode node => node.ToJsonString(Json),
        IReadOnlyDictionary<int, double> numbers => $"{{{string.Join(", ", numbers.Select(pair => $"{pair.Key}: {Write(pair.Value)}"))}}}",
        IEnumerable<string> list => $"[{string.Join(", ", list.Select(Quote))}]",
        IFormattable number and (int or long) => number.ToString(null, CultureInfo.InvariantCulture),
        _ when value.GetType().GetMethod("ToJson", []) is { } toJson => ((JsonNode?)toJson.Invoke(value, null))?.ToJsonString(Json) ?? "null",
        _ => throw new InvalidOperationException($"A setting of type {value.GetType().Name} cannot be written."),
    };

    /// <summary>The values that a setting of an enum type can have; empty for other types.</summary>
    public static IReadOnlyList<string> Choices(Type type) => type.IsEnum ? [.. Enum.GetNames(type).Select(name => EnumName(type, name))] : [];

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static object ReadScalar(SettingDescription setting, string key, RecipeScalar scalar, Type type)
    {
        string text = scalar.Text;
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return ScalarText.ToBool(text) ?? throw Wrong(key, scalar, "must be true or false");
        if (type == typeof(double)) return ScalarText.ToDouble(text) ?? throw Wrong(key, scalar, "must be a number", Example(setting));
        if (type == typeof(int)) return int.TryParse(text, ScalarText.Integer, null, out int number) ? number : throw Wrong(key, scalar, "must be a whole number", Example(setting));
        if (type == typeof(long)) return long.TryParse(text, ScalarText.Integer, null, out long number) ? number : throw Wrong(key, scalar, "must be a whole number", Example(setting));
        if (!type.IsEnum) throw new InvalidOperationException($"The setting {setting.Key} has the type {type.Name}, which recipes cannot give.");
        string? name = Enum.GetNames(type).FirstOrDefault(name => string.Equals(Plain(EnumName(type, name)), Plain(text), StringComparison.OrdinalIgnoreCase));
        return name is not null ? Enum.Parse(type, name) : throw Wrong(key, scalar, "must be one of " + string.Join(", ", Choices(type)));
    }

    private static string[] ReadList(SettingDescription setting, string key, RecipeNode node) => Inner(node) switch
    {
        RecipeScalar scalar => scalar.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        RecipeList list => [.. list.Items.Select(item => item is RecipeScalar { IsNull: false } scalar ? scalar.Text : throw Wrong(key, item, "must hold words only", Example(setting)))],
        _ => throw Wrong(key, node, "must be a list", Example(setting)),
    };

    private static Dictionary<int, double> ReadNumbers(SettingDescription setting, string key, RecipeNode node)
    {
        if (Inner(node) is not RecipeMap map) throw Wrong(key, node, "must be a group `{id: number}`", Example(setting));
        var numbers = new Dictionary<int, double>();
        foreach (RecipeEntry entry in map.Entries)
        {
            if (!int.TryParse(entry.Key, ScalarText.Integer, null, out int id) || entry.Value is not RecipeScalar { Quoted: false } scalar || ScalarText.ToDouble(scalar.Text) is not { } number)
                throw Wrong(key, entry.Value, "must be a group `{id: number}`", Example(setting));
            numbers[id] = number;
        }

        return numbers;
    }

    /// <summary>On the command line a list or group is written as in YAML, within one argument.</summary>
    private static RecipeNode Inner(RecipeNode node)
    {
        if (node is not RecipeScalar scalar || !scalar.Where.StartsWith("--", StringComparison.Ordinal) || scalar.Text is not ['[' or '{', ..]) return node;
        return RecipeYaml.Parse($"value: {scalar.Text}", scalar.Where).Entries[0].Value;
    }

    private static object? Call(MethodInfo fromJson, JsonNode? json, string key, RecipeNode node)
    {
        try
        {
            return fromJson.Invoke(null, [json]);
        }
        catch (TargetInvocationException e) when (e.InnerException is InvalidInputException inner)
        {
            throw new InvalidInputException($"`{key}`: {inner.Problem}", node.Where, inner.NextStep, inner);
        }
    }

    private static string EnumName(Type type, string name) =>
        type.GetField(name)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string Plain(string word) => word.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static string? Example(SettingDescription setting) => setting.Setting.Example is { } example ? $"For example `{setting.Key}: {example}`." : null;

    private static InvalidInputException Wrong(string key, RecipeNode node, string must, string? nextStep = null) => new($"`{key}` {must}; this is {node.Describe()}.", node.Where, nextStep);

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\u007f' or '\u0085' or '\u00a0' or '\u2028' or '\u2029' or '\ufeff' => $"\\u{(int)c:x4}",
                _ => c,
            });
        }

        return quoted.Append('"').ToString();
    }
}
