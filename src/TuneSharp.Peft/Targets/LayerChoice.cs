using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>
/// layers_to_transform and layers_pattern: of the modules that a list names, only those of some layers. The layer is the number
/// behind the pattern (as `layers` in model.layers.3.mlp), without a pattern the first number of the name.
/// </summary>
public sealed class LayerChoice
{
    private const string Key = "layers_to_transform", PatternKey = "layers_pattern";

    private readonly JsonNode _layersJson;
    private readonly JsonNode? _patternJson;
    private readonly IReadOnlyList<ModulePattern> _patterns;

    private LayerChoice(IReadOnlyList<int> layers, JsonNode layersJson, JsonNode? patternJson)
    {
        Layers = layers;
        _layersJson = layersJson;
        _patternJson = patternJson;
        IReadOnlyList<string> patterns = Texts(patternJson);
        _patterns = patterns.Count == 0 ? [ModulePattern.Numbered("[^.]*", PatternKey)] : [.. patterns.Select(pattern => ModulePattern.Numbered(pattern, PatternKey))];
    }

    public IReadOnlyList<int> Layers { get; }

    /// <param name="layers">A number or a list of numbers; null or an empty list: all layers.</param>
    /// <param name="pattern">A name or a list of names; null: any.</param>
    /// <param name="targets">Must be a list: a pattern can say itself which layers it means.</param>
    /// <param name="where">The file, for errors; null for a setting.</param>
    public static LayerChoice? From(JsonNode? layers, JsonNode? pattern, TargetModules targets, string? where)
    {
        bool chooses = layers is not (null or JsonArray { Count: 0 });
        if (!chooses && Texts(pattern).Count > 0)
            throw new InvalidInputException("`layers_pattern` is given without `layers_to_transform`.", where, "Say which layers get an adapter, or remove layers_pattern.");
        if (!chooses) return null;
        if (targets.Pattern is not null)
            throw new InvalidInputException($"`layers_to_transform` cannot be together with the pattern `{targets.Pattern}` of target_modules.", where, "List the module names in target_modules, or write the layers into the pattern.");
        return new LayerChoice(Numbers(layers!, where), layers!.DeepClone(), pattern?.DeepClone());
    }

    /// <param name="targets">Modules that target_modules names.</param>
    /// <param name="list">target_modules: a full name in it is taken whatever its layer, as PEFT does.</param>
    /// <exception cref="InvalidInputException">A layer is chosen that has no such module.</exception>
    public IReadOnlyList<string> Restrict(IReadOnlyList<string> targets, TargetModules list)
    {
        ILookup<int?, string> byLayer = targets.ToLookup(LayerOf);
        foreach (int layer in Layers)
        {
            if (byLayer.Contains(layer)) continue;
            int?[] known = [.. byLayer.Select(group => group.Key).Where(key => key is not null).Order()];
            throw new InvalidInputException($"`layers_to_transform` names layer {layer}, where no module is that target_modules fits.", null,
                known.Length == 0 ? "No such module has a layer number behind layers_pattern; correct the pattern or remove both keys." : $"Choose from {known[0]} to {known[^1]}.");
        }
        return [.. targets.Where(module => list.Names.Contains(module) || (LayerOf(module) is { } layer && Layers.Contains(layer)))];
    }

    public JsonNode LayersJson() => _layersJson.DeepClone();

    public JsonNode? PatternJson() => _patternJson?.DeepClone();

    private int? LayerOf(string module) => _patterns.Select(pattern => pattern.NumberIn(module)).FirstOrDefault(number => number is not null);

    private static IReadOnlyList<int> Numbers(JsonNode node, string? where)
    {
        IEnumerable<JsonNode?> items = node as JsonArray ?? (IEnumerable<JsonNode?>)new[] { node };
        return [.. items.Select(item => item?.GetValueKind() == JsonValueKind.Number && int.TryParse(item.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer
            : throw new InvalidInputException("`layers_to_transform` holds something that is no layer number.", where, "Write one number or a list, as in [0, 1]; the first layer is 0."))];
    }

    private static IReadOnlyList<string> Texts(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => [.. list.Select(item => item?.ToString() ?? "").Where(text => text.Length > 0)],
        _ => node.ToString() is { Length: > 0 } text ? [text] : [],
    };
}
