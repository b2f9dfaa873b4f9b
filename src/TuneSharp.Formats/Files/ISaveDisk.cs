namespace TuneSharp.Formats.Files;

/// <summary>
/// What a save asks of the disk, call by call, so that a test can let any one of them fail. <see cref="PhysicalDisk"/> is the
/// real one.
/// </summary>
public interface ISaveDisk
{
    /// <summary>Creates a file that does not exist yet, for writing.</summary>
    Stream Create(string path);

    /// <summary>Returns when all bytes of the stream are on the disk itself.</summary>
    void FlushToDisk(Stream stream);

    /// <summary>The same for a finished file that someone else has written.</summary>
    void FlushFile(string path);

    /// <summary>Gives a file its final name; a file of that name is replaced in one step.</summary>
    void RenameFile(string from, string to);

    void CreateFolder(string path);

    /// <summary>Gives a folder its final name; the name must be free.</summary>
    void RenameFolder(string from, string to);

    /// <summary>Returns when the folder's entries (new names) are on the disk itself.</summary>
    void FlushFolder(string path);

    void DeleteFile(string path);

    void DeleteFolder(string path);
}
