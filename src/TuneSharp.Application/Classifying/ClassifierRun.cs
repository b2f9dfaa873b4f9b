using TuneSharp.Application.FineTuning;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data;

namespace TuneSharp.Application.Classifying;

/// <summary>What a run's folder tells about its task.</summary>
public static class ClassifierRun
{
    /// <summary>The run trains, or trained, a classifier.</summary>
    public static bool Is(RunFolder run) =>
        RunStatus.Read(run).Kind == RunKind.FineTune && RecipeBinder.Bind<FineTuneRequest>(RecipeYaml.Load(run.ResolvedRecipe), []).Request.Data.Task == TrainingTask.Classification;
}
