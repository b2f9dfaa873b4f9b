using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Measuring;
using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data;
using TuneSharp.Formats;

namespace TuneSharp.Application.Quickstart;

/// <summary>
/// The first thing that a person tries: the embedded model, the embedded dataset, the embedded recipe, measured on rows that
/// neither the model's corpus nor the training rows hold.
/// </summary>
/// <param name="Recipe">Path of the recipe.</param>
/// <param name="Bound">What the recipe and the command line say.</param>
/// <param name="Base">The embedded model.</param>
/// <param name="Evaluation">Validation rows, and how answers are generated.</param>
public sealed record QuickstartPlan(string Recipe, BoundRecipe<FineTuneRequest> Bound, ModelReference Base, EvaluationRequest Evaluation)
{
    private const int LongestAnswer = 48;

    /// <param name="programFolder">Folder that holds recipes/, models/ and datasets/.</param>
    /// <param name="overrides">Keys of the command line.</param>
    /// <exception cref="InvalidInputException">This build has no embedded model.</exception>
    public static QuickstartPlan Make(string programFolder, IReadOnlyList<RecipeEntry> overrides)
    {
        string recipe = Path.Combine(programFolder, "recipes", "quickstart.lora.yaml");
        if (!File.Exists(recipe)) throw new InvalidInputException("This build has no embedded recipe.", recipe, "Build it from a complete clone.");
        BoundRecipe<FineTuneRequest> bound = RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(recipe), overrides);
        FineTuneRequest request = bound.Request;
        request = request with
        {
            Model = request.Model with { ModelNameOrPath = Full(request.Model.ModelNameOrPath) },
            Data = request.Data with { Dataset = Full(request.Data.Dataset), ValidationFile = Full(request.Data.ValidationFile) },
        };
        string folder = request.Model.ModelNameOrPath ?? "";
        if (!File.Exists(Path.Combine(folder, "model.safetensors"))) throw new InvalidInputException("This build has no embedded model.", folder, "Build it from a complete clone.");
        var evaluation = new EvaluationRequest(new DataSettings { Dataset = request.Data.ValidationFile ?? request.Data.Dataset }, LongestAnswer, Threads: request.Run.Threads);
        return new QuickstartPlan(recipe, bound with { Request = request }, new ModelReference(Path.GetFileName(folder), folder, null), evaluation);

        string? Full(string? path) => path is null ? null : Path.GetFullPath(Path.Combine(programFolder, path));
    }
}
