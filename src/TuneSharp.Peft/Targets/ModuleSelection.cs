using TuneSharp.Formats;

namespace TuneSharp.Peft.Targets;

/// <summary>Which modules get an adapter: what target_modules names, in the chosen layers, without exclusions and without what is trained as a whole.</summary>
/// <param name="Targets">target_modules.</param>
/// <param name="Exclude">exclude_modules; null: none.</param>
/// <param name="Layers">layers_to_transform with layers_pattern; null: all.</param>
/// <param name="Saved">modules_to_save: they and what is in them get no adapter.</param>
public sealed record ModuleSelection(TargetModules Targets, TargetModules? Exclude = null, LayerChoice? Layers = null, IReadOnlyList<string>? Saved = null)
{
    /// <param name="modules">Names of all modules that can have an adapter.</param>
    /// <param name="others">Those among them that all-linear leaves out: output head, token embedding.</param>
    /// <returns>What target_modules names alone, and what is left of it; both in the model's order.</returns>
    /// <exception cref="InvalidInputException">Nothing fits, or an entry of a list fits nothing.</exception>
    public (IReadOnlyList<string> Named, IReadOnlyList<string> Chosen) Resolve(IReadOnlyList<string> modules, IReadOnlyCollection<string> others)
    {
        IReadOnlyList<string> named = Targets.Resolve(Targets.IsAllLinear ? [.. modules.Where(module => !others.Contains(module))] : modules, null);
        if (Exclude is { } exclude)
        {
            foreach (string name in exclude.Names)
                if (!modules.Any(TargetModules.List(name).Fits)) throw TargetModules.Unmatched($"`{name}` of exclude_modules fits no linear module of this model", modules);
            if (exclude.Pattern is { } pattern && !modules.Any(exclude.Fits)) throw TargetModules.Unmatched($"exclude_modules `{pattern}` fits no linear module of this model", modules);
        }

        ModulePattern[] saved = [.. (Saved ?? []).Select(name => ModulePattern.Whole($@"(?:|.*\.){name}(?:|\..*)", "modules_to_save"))];
        IReadOnlyList<string> inLayers = Layers?.Restrict(named, Targets) ?? named;
        IReadOnlyList<string> chosen = [.. inLayers.Where(module => Exclude?.Fits(module) != true && !saved.Any(pattern => pattern.Fits(module)))];
        if (chosen.Count == 0)
            throw new InvalidInputException("exclude_modules or modules_to_save take away every module that target_modules names.", null, $"Those are {string.Join(", ", inLayers.Take(8))}{(inLayers.Count > 8 ? ", …" : "")}.");
        return (named, chosen);
    }
}
