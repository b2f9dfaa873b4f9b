using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;
using TuneSharp.Data.Prompts;
using TuneSharp.Formats;

namespace TuneSharp.Application.FineTuning;

/// <summary>Turns the names and relative paths of a request into full paths, so that the run folder works from anywhere.</summary>
internal sealed class RequestPaths(HomeFolder home, string? recipeFolder)
{
    public FineTuneRequest MakeAbsolute(FineTuneRequest request) => request with
    {
        Model = request.Model with { ModelNameOrPath = new ModelStore(home).Locate(request.Model.ModelNameOrPath, recipeFolder) },
        Data = request.Data with
        {
            Dataset = Data("dataset", request.Data.Dataset),
            ValidationFile = Data("validation_file", request.Data.ValidationFile),
            TestFile = Data("test_file", request.Data.TestFile),
            Template = request.Data.Template is { } template && PromptTemplate.IsPath(template) ? Data("template", template) : request.Data.Template,
        },
        Method = request.Method with { InitAdapter = Adapter(request.Method.InitAdapter) },
    };

    private string? Data(string key, string? path)
    {
        if (path is null) return null;
        string full = InputPath.Resolve(path, recipeFolder);
        if (Path.Exists(full)) return full;
        string stored = Path.Combine(home.Datasets, path);
        if (!InputPath.LooksLikePath(path) && Path.Exists(stored)) return stored;
        string folder = Path.GetDirectoryName(full) ?? "/";
        string? nearest = Directory.Exists(folder) ? NearestName.Find(Path.GetFileName(full), Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))) : null;
        throw new InvalidInputException($"`{key}`: there is no such file.", path, nearest is not null ? $"Did you mean '{nearest}'?" : Directory.Exists(folder) ? null : $"The folder {folder} does not exist either.");
    }

    private string? Adapter(string? nameOrPath)
    {
        if (nameOrPath is null) return null;
        string full = InputPath.Resolve(nameOrPath, recipeFolder);
        if (!Directory.Exists(full) && !InputPath.LooksLikePath(nameOrPath) && RunFolder.IsRun(Path.Combine(home.Runs, nameOrPath)))
            full = RunFolder.Open(home, nameOrPath).Adapter;
        else if (RunFolder.IsRun(full))
            full = RunFolder.OpenPath(full).Adapter;
        if (!Directory.Exists(full)) throw new InvalidInputException("`init_adapter`: there is no such adapter folder.", nameOrPath, "Give a folder with adapter_config.json, or the name of a finished run.");
        return full;
    }
}
