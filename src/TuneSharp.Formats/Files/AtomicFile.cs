using System.Text;

namespace TuneSharp.Formats.Files;

/// <summary>
/// Writes a file so that whoever reads it, also after a crash at any moment, finds the old content or the new, never a part:
/// temporary file in the same folder, flush to disk, rename, flush of the folder.
/// </summary>
public static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Creates or replaces <paramref name="path"/> with what <paramref name="write"/> puts into the stream.</summary>
    /// <exception cref="SaveFailedException">The disk failed; the old file is as it was and no temporary file remains.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ISaveDisk disk = SaveDisk.Current;
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new InvalidInputException("A folder of this name exists already; a file is to be written.", path, "Choose another name.");
        string temporary = TemporaryName.For(full);
        bool inPlace = false;
        try
        {
            using (Stream stream = disk.Create(temporary))
            {
                write(stream);
                disk.FlushToDisk(stream);
            }
            disk.RenameFile(temporary, full);
            inPlace = true;
            disk.FlushFolder(Path.GetDirectoryName(full)!);
        }
        catch (Exception e)
        {
            if (!inPlace && File.Exists(temporary)) Cleanup.Try(() => disk.DeleteFile(temporary));
            if (e is IOException or UnauthorizedAccessException) throw new SaveFailedException(path, e, inPlace);
            throw;
        }
    }

    /// <summary>The same with a text, as UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Utf8.GetBytes(text)));
}
