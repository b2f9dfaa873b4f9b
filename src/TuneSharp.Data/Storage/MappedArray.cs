using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace TuneSharp.Data.Storage;

/// <summary>
/// An array of fixed length that lies in memory while it is small, and in a temporary file that is mapped when it is large: the system then
/// keeps of it what memory is free for, and it is no memory of the process's own. Elements are 0 at first.
/// </summary>
internal sealed class MappedArray<T> : IDisposable
    where T : unmanaged
{
    private const long LargestInMemory = 1 << 20;

    private readonly T[]? _memory;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    public MappedArray(long length)
    {
        Length = length;
        long bytes = checked(length * Unsafe.SizeOf<T>());
        if (bytes <= LargestInMemory)
        {
            _memory = new T[length];
            return;
        }

        var stream = new FileStream(Path.Combine(Path.GetTempPath(), "tunesharp-" + Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        stream.SetLength(bytes);
        _file = MemoryMappedFile.CreateFromFile(stream, null, bytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, bytes);
    }

    public long Length { get; }

    public T this[long index]
    {
        get => _memory is not null ? _memory[index] : _view!.SafeMemoryMappedViewHandle.Read<T>(Offset(index));
        set
        {
            if (_memory is not null) _memory[index] = value;
            else _view!.SafeMemoryMappedViewHandle.Write(Offset(index), value);
        }
    }

    private ulong Offset(long index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, (ulong)Length);
        return (ulong)index * (ulong)Unsafe.SizeOf<T>();
    }

    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }
}
