using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>
/// A choice of modules as in PEFT: a list of names (a name fits a module that is called so or ends with a dot and it), one
/// regular expression that must fit the whole module name, or `all-linear` (every linear but the output head).
/// </summary>
public sealed class TargetModules
{
    public const string AllLinear = "all-linear";

    private static readonly System.Buffers.SearchValues<char> PatternCharacters = System.Buffers.SearchValues.Create("\\*+?()[]{}|^$");

    private readonly ModulePattern? _pattern;

    private TargetModules(IReadOnlyList<string> names, string? pattern, string key)
    {
        Names = names;
        Pattern = pattern;
        Key = key;
        if (pattern is not null && !IsAllLinear) _pattern = ModulePattern.Whole(pattern, key);
    }

    /// <summary>The list's entries; empty when a pattern was given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The regular expression or `all-linear`; null when a list was given.</summary>
    public string? Pattern { get; }

    /// <summary>The setting that it came from, for errors.</summary>
    public string Key { get; }

    public bool IsAllLinear => string.Equals(Pattern, AllLinear, StringComparison.OrdinalIgnoreCase);

    public static TargetModules List(params IReadOnlyList<string> names) => new(names, null, "target_modules");

    public static TargetModules Matching(string pattern) => new([], pattern, "target_modules");

    /// <summary>
    /// From a setting: several entries are a list; a single one is a list too unless it is `all-linear` or holds characters that
    /// no module name has, which make it a regular expression.
    /// </summary>
    public static TargetModules FromSetting(IReadOnlyList<string> entries, string key = "target_modules")
    {
        if (entries.Count == 1 && (string.Equals(entries[0], AllLinear, StringComparison.OrdinalIgnoreCase) || entries[0].AsSpan().ContainsAny(PatternCharacters)))
            return new TargetModules([], entries[0], key);
        if (entries.Count == 0 || entries.Any(string.IsNullOrWhiteSpace))
            throw new InvalidInputException($"`{key}` is empty.", null, "Name modules as q_proj and v_proj, or give all-linear.");
        return new TargetModules([.. entries], null, key);
    }

    /// <summary>From adapter_config.json: an array is a list, a string a regular expression.</summary>
    public static TargetModules FromJson(JsonNode? node, string where, string key = "target_modules") => node switch
    {
        JsonArray array when array.Count > 0 && array.All(item => item?.GetValueKind() == JsonValueKind.String) => new TargetModules([.. array.Select(item => item!.GetValue<string>())], null, key),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => new TargetModules([], value.GetValue<string>(), key),
        _ => throw new InvalidInputException($"`{key}` is neither a list of names nor a pattern.", where, "Write the module names that the adapter was made for."),
    };

    public JsonNode ToJson() => Pattern is not null ? JsonValue.Create(Pattern)! : new JsonArray([.. Names.Select(name => (JsonNode)JsonValue.Create(name)!)]);

    /// <summary>As a setting that reads the same.</summary>
    public IReadOnlyList<string> ToSetting() => Pattern is { } pattern ? [pattern] : Names;

    /// <param name="linears">Names of the model's linear modules.</param>
    /// <param name="head">Name of the output head, which `all-linear` leaves out.</param>
    /// <returns>The names that get an adapter, in the model's order.</returns>
    /// <exception cref="InvalidInputException">Nothing fits, or one entry of the list fits nothing; the text lists what there is.</exception>
    public IReadOnlyList<string> Resolve(IReadOnlyList<string> linears, string? head)
    {
        foreach (string name in Names)
            if (!linears.Any(module => EndsWithSegments(module, name))) throw Unmatched($"`{name}` of {Key} fits no linear module of this model", linears);
        IReadOnlyList<string> found = [.. linears.Where(module => IsAllLinear ? module != head : Fits(module))];
        return found.Count > 0 ? found : throw Unmatched($"{Key} `{Pattern}` fits no linear module of this model", linears);
    }

    /// <summary>A module is chosen; `all-linear` fits every name.</summary>
    public bool Fits(string module) => IsAllLinear || (_pattern?.Fits(module) ?? Names.Any(name => EndsWithSegments(module, name)));

    internal static InvalidInputException Unmatched(string problem, IReadOnlyList<string> linears)
    {
        // Forty layers have the same seven names: the last segment says enough.
        IEnumerable<string> kinds = linears.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct();
        return new InvalidInputException(problem + ".", null, $"It has {string.Join(", ", kinds)} (as {linears[0]}); all-linear takes all of them but the output head.");
    }

    private static bool EndsWithSegments(string module, string name) => module == name || module.EndsWith("." + name, StringComparison.Ordinal);
}
