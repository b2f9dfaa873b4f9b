using System.Globalization;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Training.Checkpoints;

/// <summary>A run's checkpoints, one folder each, <c>step-000100</c>. A folder with that name is complete: it is written elsewhere and renamed.</summary>
public sealed class CheckpointStore
{
    private const string Prefix = "step-";

    /// <param name="folder">Belongs to the run alone; made if it is missing. What a killed process left behind is removed.</param>
    public CheckpointStore(string folder)
    {
        Folder = folder;
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFolder.RemoveRemains(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SaveFailedException(folder, e);
        }
    }

    public string Folder { get; }

    public string PathOf(int step) => Path.Combine(Folder, Prefix + step.ToString("000000", CultureInfo.InvariantCulture));

    /// <summary>
    /// The newest checkpoint whose every file has its SHA-256; null if there is none. Damaged ones are passed over. For the owner
    /// of the folder: what a killed process left behind is tidied up first.
    /// </summary>
    public static string? Latest(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        _ = new CheckpointStore(folder);
        foreach ((_, string path) in Steps(folder).OrderByDescending(found => found.Step))
        {
            try
            {
                AtomicFolder.Verify(path);
                return path;
            }
            catch (InvalidInputException)
            {
                // An older one may be sound.
            }
        }

        return null;
    }

    public bool Has(int step) => Directory.Exists(PathOf(step));

    /// <returns>Bytes written.</returns>
    public long Write(int step, Action<string> fill)
    {
        AtomicFolder.Write(PathOf(step), fill, replace: true);
        return new DirectoryInfo(PathOf(step)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
    }

    /// <summary>Deletes all but the newest <paramref name="keep"/> and the best one.</summary>
    public void Prune(int? keep, int? bestStep)
    {
        if (keep is null) return;
        foreach ((int step, string path) in Steps(Folder).OrderByDescending(found => found.Step).Skip(keep.Value))
            if (step != bestStep) SaveDisk.Current.DeleteFolder(path);
    }

    private static IEnumerable<(int Step, string Path)> Steps(string folder)
    {
        foreach (string path in Directory.GetDirectories(folder, Prefix + "*"))
            if (int.TryParse(Path.GetFileName(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int step)) yield return (step, path);
    }
}
