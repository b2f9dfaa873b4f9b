using TuneSharp.Application.Models;
using TuneSharp.Application.Recipes;
using TuneSharp.Application.Runs;
using TuneSharp.Data.Corpus.SmallWorld;

namespace TuneSharp.Application.Pretraining;

/// <summary>Makes the folder of a new pre-training run, queued for a worker; refuses what cannot work before anything is written.</summary>
public sealed class StartPretraining(HomeFolder home, TimeProvider clock)
{
    /// <param name="bound">The request as it came from recipe and command line.</param>
    /// <param name="recipePath">The recipe file, or null if there was none.</param>
    /// <exception cref="Formats.InvalidInputException">Something that was given cannot be used; nothing was written.</exception>
    public RunFolder Execute(BoundRecipe<PretrainingRequest> bound, string? recipePath)
    {
        string? recipeFolder = recipePath is null ? null : Path.GetDirectoryName(Path.GetFullPath(recipePath));
        PretrainingRequest given = bound.Request;
        given.Validate();
        PretrainingRequest request = given with
        {
            Pretrain = given.Pretrain with { ModelConfig = Full(given.Pretrain.ModelConfig), Tokenizer = Full(given.Pretrain.Tokenizer) },
            Data = given.Data with { Dataset = Full(given.Data.Dataset), ValidationFile = Full(given.Data.ValidationFile), TestFile = Full(given.Data.TestFile) },
        };
        NewRun.RefuseTakenName(home, request.Run.RunName);
        _ = PretrainingInputs.Load(request);
        return NewRun.Create(home, clock, RunKind.Pretrain, request.Run.RunName, "pretrain", recipePath, ResolvedRecipe.Write(request, NewRun.Heading));

        string? Full(string? path) => path is null or PretrainingCorpus.DatasetName ? path : InputPath.Resolve(path, recipeFolder);
    }
}
