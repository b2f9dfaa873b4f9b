using Microsoft.Win32.SafeHandles;

namespace TuneSharp.Formats.Files;

/// <summary>Opens a file that a person named, and only a regular one: no folder, pipe, device or file of /proc.</summary>
public static class RegularFile
{
    /// <summary>Opens for reading at any offset. Errors name the path.</summary>
    public static SafeFileHandle Open(string path)
    {
        Check(path);
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.None);
            // Whoever swapped the file for a pipe between check and open ends here: a pipe has no length.
            try { _ = RandomAccess.GetLength(handle); }
            catch (NotSupportedException) { handle.Dispose(); throw NotRegular(path); }
            return handle;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The file cannot be opened: {e.Message.TrimEnd('.')}.", path, "Check its permissions.", e);
        }
    }

    /// <summary>Opens as a stream.</summary>
    public static FileStream OpenStream(string path) => new(Open(path), FileAccess.Read, 64 * 1024);

    /// <summary>Reads the whole file, which must not be larger than <paramref name="maxBytes"/>.</summary>
    public static byte[] ReadAll(string path, long maxBytes)
    {
        using SafeFileHandle handle = Open(path);
        long length = RandomAccess.GetLength(handle);
        if (length > maxBytes)
            throw new InvalidInputException($"The file has {length} bytes; at most {maxBytes} are read.", path, "Check that it is the file you meant.");
        byte[] bytes = new byte[length];
        Fill(handle, bytes, 0, path);
        return bytes;
    }

    /// <summary>Reads exactly <paramref name="destination"/>'s length from <paramref name="offset"/> on.</summary>
    public static void Fill(SafeFileHandle handle, Span<byte> destination, long offset, string path)
    {
        while (!destination.IsEmpty)
        {
            int read;
            try { read = RandomAccess.Read(handle, destination, offset); }
            catch (IOException e) { throw new InvalidInputException($"The file cannot be read at byte {offset}: {e.Message.TrimEnd('.')}.", path, "Check the disk.", e); }
            if (read == 0)
                throw new InvalidInputException($"The file ended at byte {offset}; {destination.Length} more bytes should follow. It was changed while it was read.", path, "Try again when no other program writes to it.");
            destination = destination[read..];
            offset += read;
        }
    }

    private static void Check(string path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0')) throw new InvalidInputException("A file name is empty or holds a NUL character.");
        var file = new FileInfo(path);
        if (Directory.Exists(path)) throw new InvalidInputException("This is a folder; a file was expected.", path);
        if (!file.Exists) throw new InvalidInputException("The file does not exist.", path, "Check the spelling of its path.");
        // Pipes, devices and files of /proc show no length. They are never opened: that alone may block.
        if (file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) file = target;
        if (file.Length == 0) throw NotRegular(path);
    }

    private static InvalidInputException NotRegular(string path) =>
        new("The file is empty, too small for any content, or no regular file (a pipe or a device).", path, "Name a regular file with content.");
}
