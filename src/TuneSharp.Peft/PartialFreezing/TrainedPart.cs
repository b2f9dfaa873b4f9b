using System.Text.RegularExpressions;
using TuneSharp.Formats;

namespace TuneSharp.Peft.PartialFreezing;

/// <summary>Which of a model's parameters are trained, decided by their names alone.</summary>
internal static partial class TrainedPart
{
    private const int Layers = 2;

    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <param name="settings">Checked.</param>
    /// <param name="names">Of all parameters.</param>
    /// <returns>The names of those that are trained, in the model's order.</returns>
    /// <exception cref="InvalidInputException">A name or pattern fits nothing; the text lists what there is. Or nothing is left to be trained.</exception>
    public static IReadOnlyList<string> Of(PartialFreezingSettings settings, IReadOnlyList<string> names)
    {
        List<string> trained =
            settings.UnfrozenParameters.Count > 0 ? Matching("unfrozen_parameters", settings.UnfrozenParameters, names)
            : settings.FrozenParameters.Count > 0 ? [.. names.Except(Matching("frozen_parameters", settings.FrozenParameters, names))]
            : InLayers(settings, names);
        return trained.Count > 0 ? trained : throw new InvalidInputException("Every parameter of the model would be frozen.", null, "Freeze fewer.");
    }

    private static List<string> InLayers(PartialFreezingSettings settings, IReadOnlyList<string> names)
    {
        (string Name, int? Layer, string Module)[] places = [.. names.Select(PlaceOf)];
        int numLayers = places.Max(place => place.Layer ?? -1) + 1, wanted = settings.FreezeTrainableLayers ?? Layers;
        if (Math.Abs(wanted) > numLayers) throw new InvalidInputException($"`freeze_trainable_layers` is {wanted}; the model has {numLayers} layers.", null, $"Give at most {numLayers}.");
        (int first, int last) = wanted >= 0 ? (numLayers - wanted, numLayers) : (0, -wanted);
        bool all = settings.FreezeTrainableModules.Contains(PartialFreezingSettings.All);
        if (!all) RequireEach("freeze_trainable_modules", settings.FreezeTrainableModules, [.. places.Where(place => place.Layer is not null).Select(place => place.Module)]);
        RequireEach("freeze_extra_modules", settings.FreezeExtraModules, [.. places.Where(place => place.Layer is null).Select(place => place.Module)]);
        return
        [
            .. from place in places
               where place.Layer is { } layer
                   ? layer >= first && layer < last && (all || settings.FreezeTrainableModules.Any(name => HasSegments(place.Module, name)))
                   : settings.FreezeExtraModules.Any(name => HasSegments(place.Module, name))
               select place.Name,
        ];
    }

    /// <summary>model.layers.3.self_attn.q_proj.weight is in layer 3, module self_attn.q_proj; a parameter outside the layers has its whole module's name.</summary>
    private static (string Name, int? Layer, string Module) PlaceOf(string name)
    {
        string module = name.Contains('.') ? name[..name.LastIndexOf('.')] : name;
        return LayerNumber().Match(module) is { Success: true } match ? (name, int.Parse(match.Groups["number"].ValueSpan), module[(match.Index + match.Length)..]) : (name, null, module);
    }

    private static void RequireEach(string key, IReadOnlyList<string> wanted, IReadOnlyList<string> modules)
    {
        foreach (string name in wanted)
            if (!modules.Any(module => HasSegments(module, name))) throw Unmatched(key, name, modules.Distinct());
    }

    private static bool HasSegments(string module, string name) => $".{module}.".Contains($".{name}.", StringComparison.Ordinal);

    private static List<string> Matching(string key, IReadOnlyList<string> patterns, IReadOnlyList<string> names)
    {
        var found = new HashSet<string>();
        foreach (string text in patterns)
        {
            Regex pattern = Compile(key, text);
            string[] fitting = [.. names.Where(name => pattern.IsMatch(name))];
            if (fitting.Length == 0) throw Unmatched(key, text, names);
            found.UnionWith(fitting);
        }
        return [.. names.Where(found.Contains)];
    }

    private static Regex Compile(string key, string pattern)
    {
        try
        {
            return new Regex($@"\A(?:{pattern})", RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException($"`{pattern}` of {key} is not a regular expression: {e.Message}", null, "Correct the pattern.", e);
        }
    }

    private static InvalidInputException Unmatched(string key, string name, IEnumerable<string> there)
    {
        string[] all = [.. there];
        return new InvalidInputException($"`{name}` of {key} fits nothing in this model.", null, $"It has {string.Join(", ", all.Take(12))}{(all.Length > 12 ? ", …" : "")}.");
    }

    [GeneratedRegex(@"\.(?<number>\d+)\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LayerNumber();
}
