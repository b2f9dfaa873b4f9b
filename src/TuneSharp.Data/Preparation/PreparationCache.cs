using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Preparation;

/// <summary>
/// A folder of prepared datasets by their keys. What is found is checked against its SHA-256s first; what is damaged is made anew. Those
/// that were not used for longest go when all of them take more than <see cref="MaxBytes"/>.
/// </summary>
/// <param name="folder">Belongs to the cache alone; made when it is needed.</param>
/// <param name="textHash">Stands for the tokenizer's files.</param>
/// <param name="clock">Says what was used last.</param>
public sealed class PreparationCache(string folder, string textHash, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    public string Folder => folder;

    /// <summary>Stands for the tokenizer's files.</summary>
    public string TextHash => textHash;

    /// <summary>What all prepared datasets together may take.</summary>
    public long MaxBytes { get; init; } = 20L << 30;

    internal PreparedDataset FindOrMake(string key, Action<string> make, Func<string, PreparedDataset> open)
    {
        string path = Path.Combine(folder, key);
        bool damaged = false;
        if (Directory.Exists(path))
        {
            try
            {
                AtomicFolder.Verify(path);
                PreparedDataset found = open(path) with { FromCache = true };
                Directory.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
                return found;
            }
            catch (InvalidInputException)
            {
                damaged = true;
            }
        }

        Directory.CreateDirectory(folder);
        AtomicFolder.Write(path, make, replace: true);
        PreparedDataset made = open(path);
        Trim(key);
        return damaged ? made with { Notes = [.. made.Notes, "An earlier preparation of this dataset was damaged on the disk and was made anew."] } : made;
    }

    // Another process may be reading what is deleted: on Linux and macOS it keeps its open files, elsewhere the deletion fails.
    private void Trim(string keep)
    {
        try
        {
            long total = 0;
            DateTime yesterday = _clock.GetUtcNow().UtcDateTime.AddDays(-1);
            foreach (DirectoryInfo found in new DirectoryInfo(folder).GetDirectories().OrderByDescending(d => d.Name == keep).ThenByDescending(d => d.LastWriteTimeUtc))
            {
                total += found.EnumerateFiles().Sum(file => file.Length);
                bool leftBehind = found.Name.Length != keep.Length && found.LastWriteTimeUtc < yesterday;    // by a process that was killed
                if ((total > MaxBytes && found.Name != keep) || leftBehind) found.Delete(recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one tries again.
        }
    }
}
