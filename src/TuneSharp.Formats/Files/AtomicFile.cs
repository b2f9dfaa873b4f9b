using System.Text;

namespace TuneSharp.Formats.Files;

/// <summary>
/// Writes a file so that whoever reads it, also after a crash at any moment, finds the old content or the new, never a part:
/// temporary file in the same folder, flush to disk, rename, flush of the folder.
/// </summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static int counter;

    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <exception cref="SaveFailedException">The disk failed; the old file is as it was and no temporary file remains.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ISaveDisk disk = SaveDisk.Current;
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? throw new InvalidInputException("This is a folder; a file was expected.", path);
        string temporary = TemporaryName(full);
        bool renamed = false;
        try
        {
            using (Stream stream = disk.Create(temporary))
            {
                write(stream);
                disk.FlushToDisk(stream);
            }
            disk.RenameFile(temporary, full);
            renamed = true;
            disk.FlushFolder(folder);
        }
        catch (Exception e)
        {
            if (!renamed) Cleanup.Try(() => disk.DeleteFile(temporary), File.Exists(temporary));
            if (e is IOException or UnauthorizedAccessException) throw new SaveFailedException(path, e);
            throw;
        }
    }

    /// <summary>The same with a text, as UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Utf8.GetBytes(text)));

    /// <summary>Beside the target, so that the rename stays on one file system; recognisable, and unique among processes.</summary>
    internal static string TemporaryName(string path) => $"{path}.tmp-{Environment.ProcessId}-{Interlocked.Increment(ref counter)}";
}
