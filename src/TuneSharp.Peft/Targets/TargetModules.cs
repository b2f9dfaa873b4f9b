using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>
/// Which linear modules get an adapter. As in PEFT: a list of names (a name fits a module that is called so or ends with a dot
/// and it), one regular expression that must fit the whole module name, or `all-linear` (every linear but the output head).
/// </summary>
public sealed class TargetModules
{
    public const string AllLinear = "all-linear";

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private static readonly System.Buffers.SearchValues<char> PatternCharacters = System.Buffers.SearchValues.Create("\\*+?()[]{}|^$");

    private readonly Regex? _pattern;

    private TargetModules(IReadOnlyList<string> names, string? pattern)
    {
        Names = names;
        Pattern = pattern;
        if (pattern is not null && !IsAllLinear) _pattern = Compile(pattern);
    }

    /// <summary>The list's entries; empty when a pattern was given.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The regular expression or `all-linear`; null when a list was given.</summary>
    public string? Pattern { get; }

    public bool IsAllLinear => string.Equals(Pattern, AllLinear, StringComparison.OrdinalIgnoreCase);

    public static TargetModules List(params IReadOnlyList<string> names) => new(names, null);

    public static TargetModules Matching(string pattern) => new([], pattern);

    /// <summary>
    /// From a setting: several entries are a list; a single one is a list too unless it is `all-linear` or holds characters that
    /// no module name has, which make it a regular expression.
    /// </summary>
    public static TargetModules FromSetting(IReadOnlyList<string> entries)
    {
        if (entries.Count == 1 && (string.Equals(entries[0], AllLinear, StringComparison.OrdinalIgnoreCase) || entries[0].AsSpan().ContainsAny(PatternCharacters)))
            return Matching(entries[0]);
        if (entries.Count == 0 || entries.Any(string.IsNullOrWhiteSpace))
            throw new InvalidInputException("`target_modules` is empty.", null, "Name modules as q_proj and v_proj, or give all-linear.");
        return List([.. entries]);
    }

    /// <summary>From adapter_config.json: an array is a list, a string a regular expression.</summary>
    public static TargetModules FromJson(JsonNode? node, string where) => node switch
    {
        JsonArray array when array.Count > 0 && array.All(item => item?.GetValueKind() == JsonValueKind.String) => List([.. array.Select(item => item!.GetValue<string>())]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => Matching(value.GetValue<string>()),
        _ => throw new InvalidInputException("`target_modules` is neither a list of names nor a pattern.", where, "Write the module names that the adapter was made for."),
    };

    public JsonNode ToJson() => Pattern is not null ? JsonValue.Create(Pattern)! : new JsonArray([.. Names.Select(name => (JsonNode)JsonValue.Create(name)!)]);

    /// <param name="linears">Names of the model's linear modules.</param>
    /// <param name="head">Name of the output head, which `all-linear` leaves out.</param>
    /// <returns>The names that get an adapter, in the model's order.</returns>
    /// <exception cref="InvalidInputException">Nothing fits, or one entry of the list fits nothing; the text lists what there is.</exception>
    public IReadOnlyList<string> Resolve(IReadOnlyList<string> linears, string? head)
    {
        foreach (string name in Names)
            if (!linears.Any(module => EndsWithSegments(module, name))) throw Unmatched($"`{name}` of target_modules fits no linear module of this model", linears);
        IReadOnlyList<string> found = [.. linears.Where(module => Fits(module, head))];
        return found.Count > 0 ? found : throw Unmatched($"target_modules `{Pattern}` fits no linear module of this model", linears);
    }

    private bool Fits(string module, string? head)
    {
        if (IsAllLinear) return module != head;
        if (_pattern is null) return Names.Any(name => EndsWithSegments(module, name));
        try
        {
            return _pattern.IsMatch(module);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InvalidInputException($"The pattern `{Pattern}` of target_modules takes more than a second on the module name {module}.", null, "Write a simpler pattern or list the modules.", e);
        }
    }

    private static bool EndsWithSegments(string module, string name) => module == name || module.EndsWith("." + name, StringComparison.Ordinal);

    private static Regex Compile(string pattern)
    {
        try
        {
            // Python writes named groups as (?P<name>…); the rest that occurs in module patterns is spelled alike.
            string translated = pattern.Replace("(?P<", "(?<");
            return new Regex($@"\A(?:{translated})\z", RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException($"`target_modules` is not a regular expression: {e.Message}", null, "Correct the pattern, list the modules, or give all-linear.", e);
        }
    }

    private static InvalidInputException Unmatched(string problem, IReadOnlyList<string> linears)
    {
        // Forty layers have the same seven names: the last segment says enough.
        IEnumerable<string> kinds = linears.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct();
        return new InvalidInputException(problem + ".", null, $"It has {string.Join(", ", kinds)} (as {linears[0]}); all-linear takes all of them but the output head.");
    }
}
