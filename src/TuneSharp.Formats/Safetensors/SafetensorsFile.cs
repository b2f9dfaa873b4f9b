using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Safetensors;

/// <summary>
/// A safetensors file, checked when it is opened. Tensors are read straight into the caller's memory, without a second copy;
/// any number of threads may read at once. The file is not mapped: a mapped file that another program cuts short kills the
/// process.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    // One system call reads at most 2 GiB - 4 KiB.
    private const int MaxBytesPerRead = 1 << 30;

    private readonly SafeFileHandle handle;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader.Parsed header)
    {
        Path = path;
        this.handle = handle;
        Tensors = header.Tensors;
        Metadata = header.Metadata;
    }

    public string Path { get; }

    /// <summary>All tensors by name, in the header's order.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The texts of <c>__metadata__</c>; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens the file and checks the whole header.</summary>
    /// <exception cref="InvalidInputException">No regular file, or any rule of the format is broken; the text names the tensor.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle file = RegularFile.Open(path);
        try
        {
            long length = RandomAccess.GetLength(file);
            if (length < SafetensorsHeader.LengthBytes)
                throw new InvalidInputException($"The file has {length} bytes: too small for a safetensors file, whose length field alone has {SafetensorsHeader.LengthBytes}.", path, "Download or copy it again.");
            Span<byte> lengthField = stackalloc byte[SafetensorsHeader.LengthBytes];
            RegularFile.Fill(file, lengthField, 0, path);
            byte[] json = new byte[SafetensorsHeader.CheckLength(BinaryPrimitives.ReadUInt64LittleEndian(lengthField), length, path)];
            RegularFile.Fill(file, json, SafetensorsHeader.LengthBytes, path);
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(json, length, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public TensorEntry Require(string name) => Tensors.TryGetValue(name, out TensorEntry? entry)
        ? entry
        : throw new InvalidInputException($"The file has no tensor {Quoted.Text(name)}.", Path, "Check that the file belongs to this model.");

    /// <summary>Fills <paramref name="destination"/> with the tensor's bytes from <paramref name="byteOffset"/> on.</summary>
    public void Read(TensorEntry entry, Span<byte> destination, long byteOffset = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, entry.ByteLength - byteOffset);
        RegularFile.Fill(handle, destination, entry.FileOffset + byteOffset, Path);
    }

    /// <summary>Copies all bytes of the tensor to <paramref name="destination"/>, which has room for them; beyond 2 GiB too.</summary>
    public unsafe void Read(TensorEntry entry, void* destination) => Read(entry, destination, MaxBytesPerRead);

    internal unsafe void Read(TensorEntry entry, void* destination, int maxBytesPerRead)
    {
        for (long done = 0; done < entry.ByteLength;)
        {
            int count = (int)Math.Min(maxBytesPerRead, entry.ByteLength - done);
            RegularFile.Fill(handle, new Span<byte>((byte*)destination + done, count), entry.FileOffset + done, Path);
            done += count;
        }
    }

    /// <summary>The tensor's bytes in a new array; for small tensors.</summary>
    public byte[] ReadBytes(TensorEntry entry)
    {
        byte[] bytes = new byte[entry.ByteLength];
        Read(entry, bytes);
        return bytes;
    }

    public void Dispose() => handle.Dispose();
}
