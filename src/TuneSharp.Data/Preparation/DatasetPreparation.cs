using TuneSharp.Data.Rendering;
using TuneSharp.Formats;

namespace TuneSharp.Data.Preparation;

/// <summary>
/// From files to examples: read, render, split, limit, pack. Each row is read and tokenized once and written to a token file, so memory does
/// not grow with the dataset: of a row some ten bytes stay in memory, the rest lies in files that are mapped or read by row.
/// </summary>
public static class DatasetPreparation
{
    /// <param name="settings">What to read and how.</param>
    /// <param name="renderer">Tokenizer and template.</param>
    /// <param name="context">The model's longest context in tokens.</param>
    /// <param name="seed">The run's seed; <see cref="DataSettings.SplitSeed"/> has precedence for the split.</param>
    /// <param name="threads">Threads for tokenizing.</param>
    /// <param name="cache">Where what was prepared is found again; null = it is made anew and lies in a temporary folder.</param>
    /// <param name="progress">Told about twice a second how far it is.</param>
    /// <exception cref="InvalidInputException">A row is broken and not to be skipped, rows are too long and neither to be cut nor dropped, or nothing is left.</exception>
    public static PreparedDataset Prepare(DataSettings settings, IRowRenderer renderer, int context, long seed, int threads = 1, PreparationCache? cache = null, Action<PreparationProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(renderer);
        ArgumentOutOfRangeException.ThrowIfLessThan(context, 2);
        settings.Validate();
        DatasetFiles files = DatasetFiles.Resolve(settings);
        var build = new DatasetBuild(settings, renderer, context, settings.SplitSeed ?? seed, threads, progress);
        if (cache is not null) return cache.FindOrMake(CacheKey.Of(settings, files, renderer, context, seed, cache.TextHash), folder => build.Write(folder, files), folder => PreparedFolder.Open(folder, files, settings));

        string temporary = Directory.CreateTempSubdirectory("tunesharp-data-").FullName;
        try
        {
            build.Write(temporary, files);
            return PreparedFolder.Open(temporary, files, settings);
        }
        finally
        {
            // The open handles keep the files alive; where a system refuses that, the temporary folder's own cleaning takes them.
            try { Directory.Delete(temporary, recursive: true); }
            catch (IOException) { }
            catch (UnauthorizedAccessException) { }
        }
    }
}
