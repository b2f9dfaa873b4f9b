using TuneSharp.Application.Machine;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data.Preparation;
using TuneSharp.Formats;

namespace TuneSharp.Application.FineTuning;

/// <summary>
/// Makes the folder of a new fine-tuning run, queued for a worker. Everything that can be refused without touching a weight
/// is refused here, before anything is written: settings, files, rows, names.
/// </summary>
public sealed class StartFineTune(HomeFolder home, TimeProvider clock)
{
    /// <param name="bound">The request as it came from recipe and command line.</param>
    /// <param name="recipePath">The recipe file, or null if there was none.</param>
    /// <param name="progress">Told how far the rows are read.</param>
    /// <returns>The run, in state <see cref="RunState.Queued"/>.</returns>
    /// <exception cref="InvalidInputException">Something that was given cannot be used; nothing was written.</exception>
    public RunFolder Execute(BoundRecipe<FineTuneRequest> bound, string? recipePath, Action<PreparationProgress>? progress = null)
    {
        string? recipeFolder = recipePath is null ? null : Path.GetDirectoryName(Path.GetFullPath(recipePath));
        bound.Request.Validate();
        FineTuneRequest request = new RequestPaths(home, recipeFolder).MakeAbsolute(bound.Request);
        NewRun.RefuseTakenName(home, request.Run.RunName);
        FineTuneInputs inputs = FineTuneInputs.Load(request, clock, home, progress);
        if (request.Run.CheckMemory) RunMemory.Require(request, inputs.Data.Train, MachineMemory.Free(), inputs.Config);
        return NewRun.Create(home, clock, RunKind.FineTune, request.Run.RunName, request.Method.Method, recipePath, ResolvedRecipe.Write(request, NewRun.Heading));
    }
}
