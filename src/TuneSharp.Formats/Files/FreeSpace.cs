namespace TuneSharp.Formats.Files;

/// <summary>Looks before a long job whether its results will fit on the disk.</summary>
public static class FreeSpace
{
    /// <param name="folder">A folder that exists, or whose nearest existing parent counts.</param>
    /// <param name="bytes">What will be written.</param>
    /// <param name="what">What that is, as in "two checkpoints".</param>
    /// <exception cref="InvalidInputException">There is less.</exception>
    public static void Require(string folder, long bytes, string what)
    {
        long free = Available(folder);
        if (free < bytes)
            throw new InvalidInputException($"{what} need {Megabytes(bytes)}, but only {Megabytes(free)} are free on this disk.", folder, "Free space, or choose a folder on another disk.");
    }

    /// <summary>Bytes that this user may still write on the folder's disk.</summary>
    public static long Available(string folder)
    {
        string existing = Path.GetFullPath(folder);
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing) ?? Path.GetPathRoot(existing)!;
        return new DriveInfo(existing).AvailableFreeSpace;
    }

    private static string Megabytes(long bytes) => $"{bytes / 1_048_576.0:0.0} MiB";
}
