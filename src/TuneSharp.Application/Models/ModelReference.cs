using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Formats;

namespace TuneSharp.Application.Models;

/// <summary>A model to talk to or to measure: a base folder, and an adapter where there is one.</summary>
/// <param name="Name">As the person called it.</param>
/// <param name="Folder">Base model, or a model that was trained as a whole.</param>
/// <param name="Adapter">Adapter folder; null for the plain model.</param>
public sealed record ModelReference(string Name, string Folder, string? Adapter)
{
    /// <param name="home">Where runs and models with names lie.</param>
    /// <param name="modelOrRun">A model (see <see cref="ModelStore"/>), or the name or path of a run: then its result is meant.</param>
    /// <param name="adapter">An adapter folder or a run whose adapter is meant; null for none, or for the run's own.</param>
    /// <exception cref="InvalidInputException">There is no such model or run, or the run has no result yet.</exception>
    public static ModelReference Resolve(HomeFolder home, string modelOrRun, string? adapter)
    {
        RunFolder? run = FindRun(home, modelOrRun);
        ModelReference model = run is null ? new ModelReference(modelOrRun, new ModelStore(home).Locate(modelOrRun), null) : ResultOf(run);
        if (adapter is null) return model;
        string folder = FindRun(home, adapter) is { } other ? ResultOf(other).Adapter ?? throw new InvalidInputException($"Run '{other.Id}' made a whole model, not an adapter.", null, $"Use it as the model: {other.Id}.") : Path.GetFullPath(adapter);
        if (!Directory.Exists(folder)) throw new InvalidInputException("There is no such adapter folder.", adapter, "Give a folder with adapter_config.json, or the name of a finished run.");
        return model with { Name = $"{model.Name} + {Path.GetFileName(Path.TrimEndingDirectorySeparator(adapter))}", Adapter = folder };
    }

    private static RunFolder? FindRun(HomeFolder home, string text)
    {
        if (RunFolder.IsRun(text)) return RunFolder.OpenPath(text);
        return !InputPath.LooksLikePath(text) && RunFolder.IsRun(Path.Combine(home.Runs, text)) ? RunFolder.Open(home, text) : null;
    }

    private static ModelReference ResultOf(RunFolder run)
    {
        if (Directory.Exists(run.Model)) return new ModelReference(run.Id, run.Model, null);
        if (!Directory.Exists(run.Adapter))
            throw new InvalidInputException($"Run '{run.Id}' has no result yet.", run.Path, $"`tunesharp runs show {run.Id}` tells how it goes.");
        FineTuneRequest request = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(run.ResolvedRecipe), []).Request;
        return new ModelReference(run.Id, request.Model.ModelNameOrPath!, run.Adapter);
    }
}
