namespace TuneSharp.Formats.Files;

/// <summary>
/// Writes a folder (a checkpoint, an adapter, a model) as one thing: filled under a temporary name beside its target, every
/// file flushed to disk, <c>manifest.json</c> with each file's SHA-256 last, then renamed. A crash leaves a temporary folder
/// that <see cref="RemoveRemains"/> takes away, never a part under the final name.
/// </summary>
public static class AtomicFolder
{
    /// <summary>Creates <paramref name="path"/> with what <paramref name="fill"/> writes into the folder that it is given.</summary>
    /// <param name="path">Final name; must not exist unless <paramref name="replace"/>.</param>
    /// <param name="fill">Gets the temporary folder's path; may create sub-folders.</param>
    /// <param name="replace">Puts the new folder in the place of an old one, which is deleted only when the new one stands.</param>
    /// <exception cref="SaveFailedException">The disk failed; what was at <paramref name="path"/> is as it was.</exception>
    /// <exception cref="InvalidInputException">The target exists.</exception>
    public static void Write(string path, Action<string> fill, bool replace = false)
    {
        ISaveDisk disk = SaveDisk.Current;
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full) || (Directory.Exists(full) && !replace))
            throw new InvalidInputException("The folder exists already; nothing is written over it.", path, "Choose another name, or move it away.");
        string temporary = TemporaryName.For(full);
        bool inPlace = false;
        try
        {
            disk.CreateFolder(temporary);
            fill(temporary);
            FlushAll(disk, temporary);
            FolderManifest.Write(temporary);
            MoveIntoPlace(disk, temporary, full);
            inPlace = true;
            disk.FlushFolder(Path.GetDirectoryName(full)!);
        }
        catch (Exception e)
        {
            if (!inPlace && Directory.Exists(temporary)) Cleanup.Try(() => disk.DeleteFolder(temporary));
            // A file inside that could not be saved: to the caller it is the folder that could not.
            if (e is SaveFailedException) e = e.InnerException!;
            if (e is IOException or UnauthorizedAccessException) throw new SaveFailedException(path, e, inPlace);
            throw;
        }
    }

    /// <summary>True if the folder was finished and every listed file is there in its full length.</summary>
    public static bool IsComplete(string path)
    {
        try { FolderManifest.Check(path, content: false); }
        catch (InvalidInputException) { return false; }
        return true;
    }

    /// <summary>Checks every file's content against its SHA-256.</summary>
    /// <exception cref="InvalidInputException">Never finished, or a file is missing or changed; the text names it.</exception>
    public static void Verify(string path) => FolderManifest.Check(path, content: true);

    /// <summary>
    /// Removes what a killed process has left in <paramref name="parent"/>, and gives a folder its name back that was set
    /// aside for a new one that never came. Only for the owner of the folder: a save of another process would be lost.
    /// </summary>
    public static void RemoveRemains(string parent)
    {
        ISaveDisk disk = SaveDisk.Current;
        foreach (string folder in Directory.GetDirectories(parent))
        {
            if (TemporaryName.Is(folder)) disk.DeleteFolder(folder);
            else if (TemporaryName.IsAside(folder, out string original))
            {
                if (Directory.Exists(original)) disk.DeleteFolder(folder);
                else disk.RenameFolder(folder, original);
            }
        }
        foreach (string file in Directory.GetFiles(parent))
            if (TemporaryName.Is(file)) disk.DeleteFile(file);
    }

    private static void FlushAll(ISaveDisk disk, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) disk.FlushFile(file);
        foreach (string below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) disk.FlushFolder(below);
        disk.FlushFolder(folder);
    }

    private static void MoveIntoPlace(ISaveDisk disk, string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            disk.RenameFolder(temporary, target);
            return;
        }
        string aside = TemporaryName.Aside(target);
        disk.RenameFolder(target, aside);
        try { disk.RenameFolder(temporary, target); }
        catch
        {
            Cleanup.Try(() => disk.RenameFolder(aside, target));
            throw;
        }
        Cleanup.Try(() => disk.DeleteFolder(aside));
    }
}
