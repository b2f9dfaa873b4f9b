using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;
using TuneSharp.Models.Settings;

namespace TuneSharp.Application.Models;

/// <summary>A model to talk to or to measure: a base folder, and an adapter where there is one.</summary>
/// <param name="Name">As the person called it.</param>
/// <param name="Folder">Base model (a folder or a GGUF file), or a model that was trained as a whole.</param>
/// <param name="Adapter">Adapter folder; null for the plain model. Of several the first.</param>
public sealed record ModelReference(string Name, string Folder, string? Adapter)
{
    /// <summary>All adapters that are put on together.</summary>
    public IReadOnlyList<AdapterReference> Adapters { get; init; } = Adapter is null ? [] : [new AdapterReference(AdapterReference.NameOf(Adapter), Adapter)];

    /// <summary>How the run that is meant packed its base; null: no run, or it did not. The adapter belongs to such a base.</summary>
    public ModelSettings? Packing { get; init; }

    /// <summary>Settings for loading the model: the base is packed as when its adapter was trained, unless they say how.</summary>
    public ModelSettings Loading(ModelSettings settings) => Packing is { } packing && settings.Quantization == "none"
        ? settings with { Quantization = packing.Quantization, QuantizationBlockSize = packing.QuantizationBlockSize, DoubleQuantization = packing.DoubleQuantization }
        : settings;

    /// <param name="home">Where runs and models with names lie.</param>
    /// <param name="modelOrRun">A model (see <see cref="ModelStore"/>), or the name or path of a run: then its result is meant.</param>
    /// <param name="adapter">An adapter folder or a run whose adapter is meant; null for none, or for the run's own.</param>
    /// <exception cref="InvalidInputException">There is no such model or run, or the run has no result yet.</exception>
    public static ModelReference Resolve(HomeFolder home, string modelOrRun, string? adapter) => ResolveWith(home, modelOrRun, adapter is null ? [] : [adapter]);

    /// <summary>The same with several adapters; see <see cref="AdapterReference.Resolve"/> for how one is written. None: the run's own.</summary>
    public static ModelReference ResolveWith(HomeFolder home, string modelOrRun, IReadOnlyList<string> adapters)
    {
        RunFolder? run = FindRun(home, modelOrRun);
        ModelReference model = run is null ? new ModelReference(modelOrRun, new ModelStore(home).Locate(modelOrRun), null) : ResultOf(run);
        if (adapters.Count == 0) return model;
        AdapterReference[] all = [.. adapters.Select(word => AdapterReference.Resolve(home, word))];
        string names = string.Join(" + ", all.Select(adapter => adapter.Scale == 1 ? adapter.Name : FormattableString.Invariant($"{adapter.Scale} {adapter.Name}")));
        return new ModelReference($"{model.Name} + {names}", model.Folder, all[0].Folder) { Adapters = all, Packing = model.Packing };
    }

    internal static RunFolder? FindRun(HomeFolder home, string text)
    {
        if (RunFolder.IsRun(text)) return RunFolder.OpenPath(text);
        return !InputPath.LooksLikePath(text) && RunFolder.IsRun(Path.Combine(home.Runs, text)) ? RunFolder.Open(home, text) : null;
    }

    internal static ModelReference ResultOf(RunFolder run)
    {
        if (Directory.Exists(run.Model)) return new ModelReference(run.Id, run.Model, null);
        if (!Directory.Exists(run.Adapter))
            throw new InvalidInputException($"Run '{run.Id}' has no result yet.", run.Path, $"`tunesharp runs show {run.Id}` tells how it goes.");
        FineTuneRequest request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(run.ResolvedRecipe), []).Request;
        return new ModelReference(run.Id, request.Model.ModelNameOrPath!, run.Adapter) { Packing = request.Model.Quantization == "none" ? null : request.Model };
    }
}
