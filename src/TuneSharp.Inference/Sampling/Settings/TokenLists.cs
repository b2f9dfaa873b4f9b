using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Inference.Sampling;

/// <summary>Token ids as a setting: <c>[3, 17]</c>, or <c>3,17</c> on the command line.</summary>
public sealed class TokenIds(IReadOnlyList<int> ids) : IEquatable<TokenIds>
{
    public static TokenIds None { get; } = new([]);

    public IReadOnlyList<int> Ids { get; } = ids;

    public static TokenIds FromJson(JsonNode? node) => new(SettingJson.Ids(node));

    public JsonNode ToJson() => SettingJson.Write(Ids);

    public bool Equals(TokenIds? other) => other is not null && Ids.SequenceEqual(other.Ids);

    public override bool Equals(object? obj) => Equals(obj as TokenIds);

    public override int GetHashCode() => Ids.Count;
}

/// <summary>
/// Words as a setting, each a text (which the tokenizer turns into ids) or a list of ids, with what is added to its score.
/// <c>["bad", [7, 10]]</c>; with biases <c>{bad: -3}</c> or, as in transformers, <c>[[[7, 10], -3.0]]</c>.
/// </summary>
public sealed class TokenSequences(IReadOnlyList<TokenSequence> entries) : IEquatable<TokenSequences>
{
    public static TokenSequences None { get; } = new([]);

    public IReadOnlyList<TokenSequence> Entries { get; } = entries;

    public static TokenSequences FromJson(JsonNode? node) => node switch
    {
        JsonObject map => new([.. map.Select(pair => new TokenSequence(pair.Key, null, SettingJson.Number(pair.Value)))]),
        JsonArray list when list.Count > 0 && list.All(IsPair) => new([.. list.Select(item => Entry(item![0], SettingJson.Number(item[1])))]),
        JsonArray list => new([.. list.Select(item => Entry(item, 0))]),
        _ => new([Entry(node, 0)]),
    };

    public JsonNode ToJson()
    {
        if (Entries.Count > 0 && Entries.All(entry => entry.Bias != 0)) return new JsonArray([.. Entries.Select(entry => new JsonArray(Name(entry), entry.Bias))]);
        return new JsonArray([.. Entries.Select(Name)]);

        static JsonNode Name(TokenSequence entry) => entry.Text is { } text ? JsonValue.Create(text) : SettingJson.Write(entry.Ids!);
    }

    public bool Equals(TokenSequences? other) => other is not null && ToJson().ToJsonString() == other.ToJson().ToJsonString();

    public override bool Equals(object? obj) => Equals(obj as TokenSequences);

    public override int GetHashCode() => Entries.Count;

    private static bool IsPair(JsonNode? item) => item is JsonArray { Count: 2 } pair && pair[1]?.GetValueKind() == JsonValueKind.Number && pair[0] is JsonArray or JsonValue { } && pair[0]!.GetValueKind() is JsonValueKind.String or JsonValueKind.Array;

    private static TokenSequence Entry(JsonNode? node, double bias)
    {
        if (node is JsonValue value && value.GetValueKind() == JsonValueKind.String)
        {
            string text = value.GetValue<string>();
            return text.Length > 0 ? new TokenSequence(text, null, bias) : throw new InvalidInputException("An entry is an empty text.", null, "Remove it.");
        }
        int[] ids = SettingJson.Ids(node);
        return ids.Length > 0 ? new TokenSequence(null, ids, bias) : throw new InvalidInputException("An entry is an empty list.", null, "Remove it.");
    }
}

/// <param name="Text">A text, or null.</param>
/// <param name="Ids">Ids where there is no text.</param>
/// <param name="Bias">Added to the score of the last id.</param>
public sealed record TokenSequence(string? Text, IReadOnlyList<int>? Ids, double Bias)
{
    /// <summary>
    /// The sequences of ids that write it: a text at the beginning of a line and behind a space are two.
    /// </summary>
    public IEnumerable<int[]> Spell(SamplingScope scope)
    {
        if (Text is null) return [[.. Ids!]];
        if (scope.Encode is not { } encode)
            throw new InvalidInputException("Words can only be given as texts where there is a tokenizer.", null, "Give them as lists of ids.");
        string[] forms = char.IsWhiteSpace(Text[0]) ? [Text] : [Text, " " + Text];
        return forms.Select(encode).Where(ids => ids.Length > 0).DistinctBy(ids => string.Join(',', ids));
    }
}

/// <summary>The length penalty of transformers: <c>[start, factor]</c>.</summary>
/// <param name="Start">Generated tokens that are free.</param>
/// <param name="Factor">Above 1 ends sooner; 1 changes nothing.</param>
public sealed record LengthDecay(int Start, double Factor)
{
    public static LengthDecay? FromJson(JsonNode? node)
    {
        if (node is null) return null;
        double[] numbers = SettingJson.Numbers(node);
        return numbers is [>= 0 and < int.MaxValue, > 0 and <= 100] && numbers[0] == Math.Floor(numbers[0])
            ? new LengthDecay((int)numbers[0], numbers[1])
            : throw new InvalidInputException("It must be [start, factor], a whole number of tokens and a factor above 0 and at most 100.", null, "For example [100, 1.05].");
    }

    public JsonNode ToJson() => new JsonArray(Start, Factor);
}

/// <summary>How lists of numbers are read, from a recipe or from one word of the command line.</summary>
internal static class SettingJson
{
    public static int[] Ids(JsonNode? node) => [.. Numbers(node).Select(number => number is >= 0 and <= int.MaxValue && number == Math.Floor(number) ? (int)number : throw NotIds())];

    public static double[] Numbers(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(Number)],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [.. value.GetValue<string>().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)],
        _ => [Number(node)],
    };

    public static double Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && JsonSerializer.Deserialize<double>(value) is var number && double.IsFinite(number) ? number : throw NotIds();

    public static JsonArray Write(IEnumerable<int> ids) => [.. ids.Select(id => (JsonNode)id)];

    private static double Parse(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : throw NotIds();

    private static InvalidInputException NotIds() => new("It must hold numbers only.", null, "For example [3, 17].");
}
