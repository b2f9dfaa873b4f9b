using System.Runtime.InteropServices;

namespace TuneSharp.Formats.Files;

/// <summary>The machine's own file system.</summary>
public sealed partial class PhysicalDisk : ISaveDisk
{
    public static PhysicalDisk Instance { get; } = new();

    public Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024);

    public void FlushToDisk(Stream stream)
    {
        if (stream is FileStream file) file.Flush(flushToDisk: true);
        else stream.Flush();
    }

    public void FlushFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1);
        file.Flush(flushToDisk: true);
    }

    public void RenameFile(string from, string to) => File.Move(from, to, overwrite: true);

    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    public void RenameFolder(string from, string to) => Directory.Move(from, to);

    /// <summary>On Windows the file system does this by itself; elsewhere a new name is lost in a power cut without it.</summary>
    public void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = OpenReadOnly(path, 0);
        if (descriptor < 0) throw new IOException($"The folder cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        int result = Fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        // EINVAL: a file system without fsync for folders (some network shares); nothing more can be done there.
        if (result < 0 && error != 22) throw new IOException($"The folder cannot be flushed to the disk (error {error}).");
    }

    public void DeleteFile(string path) => File.Delete(path);

    public void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenReadOnly(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
