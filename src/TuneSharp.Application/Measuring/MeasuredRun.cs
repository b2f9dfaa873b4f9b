using TuneSharp.Application.Models;
using TuneSharp.Application.Runs;

namespace TuneSharp.Application.Measuring;

/// <summary>Finds the run whose result a model or adapter is.</summary>
public static class MeasuredRun
{
    /// <returns>Null if the model is no result of a run.</returns>
    public static RunFolder? Of(ModelReference reference)
    {
        // Several adapters together, or one at another strength, are no run's result.
        if (reference.Adapters.Count > 1 || reference.Adapters.Any(adapter => adapter.Scale != 1)) return null;
        string result = Path.TrimEndingDirectorySeparator(Path.GetFullPath(reference.Adapter ?? reference.Folder));
        string? parent = Path.GetDirectoryName(result);
        if (parent is null || !RunFolder.IsRun(parent)) return null;
        RunFolder run = RunFolder.OpenPath(parent);
        return result == run.Adapter || result == run.Model ? run : null;
    }
}
