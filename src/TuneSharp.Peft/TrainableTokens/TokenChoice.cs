using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Peft.TrainableTokens;

/// <summary>Whose rows are trained: ids of the token embedding, or of modules that are named.</summary>
public sealed class TokenChoice
{
    private readonly JsonNode _json;

    private TokenChoice(IReadOnlyList<(string? Module, IReadOnlyList<int> Ids)> parts, JsonNode json)
    {
        Parts = parts;
        _json = json;
    }

    /// <summary>Modules with their ids; a null module is the token embedding.</summary>
    public IReadOnlyList<(string? Module, IReadOnlyList<int> Ids)> Parts { get; }

    /// <param name="node">A list of ids, or a group of module name and list; null: none.</param>
    /// <param name="key">Name of the setting.</param>
    /// <param name="where">The file, for errors; null for a setting.</param>
    public static TokenChoice? From(JsonNode? node, string key, string? where) => node switch
    {
        null or JsonArray { Count: 0 } or JsonObject { Count: 0 } => null,
        JsonArray list => new TokenChoice([(null, Ids(list, key, where))], list.DeepClone()),
        JsonObject group => new TokenChoice([.. group.Select(pair => ((string?)pair.Key, Ids(pair.Value, key, where)))], group.DeepClone()),
        _ => throw Wrong(key, where),
    };

    public static TokenChoice Of(IReadOnlyList<int> ids) => new([(null, ids)], new JsonArray([.. ids.Select(id => (JsonNode)JsonValue.Create(id))]));

    /// <summary>The ids, all of which must be the embedding's.</summary>
    /// <param name="embedding">The module's name.</param>
    /// <exception cref="InvalidInputException">Another module is named.</exception>
    public IReadOnlyList<int> OfEmbedding(string embedding)
    {
        foreach ((string? module, _) in Parts)
            if (module is not null && module != embedding && !embedding.EndsWith("." + module, StringComparison.Ordinal))
                throw new InvalidInputException($"Rows of `{module}` are to be trained, but only those of {embedding} can be.", null, $"Name {embedding}; a tied output head follows it.");
        return Parts[0].Ids;
    }

    public JsonNode ToJson() => _json.DeepClone();

    private static int[] Ids(JsonNode? node, string key, string? where)
    {
        int[] ids = node is JsonArray { Count: > 0 } list
            ? [.. list.Select(item => item?.GetValueKind() == JsonValueKind.Number && int.TryParse(item.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : throw Wrong(key, where))]
            : throw Wrong(key, where);
        if (ids.GroupBy(id => id).FirstOrDefault(group => group.Count() > 1) is { } twice) throw new InvalidInputException($"The token id {twice.Key} is named twice in {key}.", where, "Name it once.");
        return ids;
    }

    private static InvalidInputException Wrong(string key, string? where) =>
        new($"`{key}` is no list of token ids.", where, "Write ids as in [151646, 151647], or a group of module and ids.");
}
