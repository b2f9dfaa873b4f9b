using Microsoft.Win32.SafeHandles;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf.Blocks;

namespace TuneSharp.Formats.Gguf;

/// <summary>
/// A GGUF file, checked when it is opened. Tensors are read as float32 or as they are stored, straight into the caller's
/// memory; any number of threads may read at once.
/// </summary>
public sealed class GgufFile : IDisposable
{
    /// <summary>Bytes that one thread reads and decodes at a time.</summary>
    private const int PartBytes = 1 << 18;

    private readonly SafeFileHandle _handle;

    private GgufFile(string path, SafeFileHandle handle, GgufHeader.Parsed header)
    {
        Path = path;
        _handle = handle;
        Version = header.Version;
        Metadata = header.Metadata;
        Tensors = header.Tensors;
    }

    public string Path { get; }

    /// <summary>Of the format: 2 or 3.</summary>
    public int Version { get; }

    public GgufMetadata Metadata { get; }

    /// <summary>All tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors { get; }

    /// <summary>Whether a path is a file that claims to be GGUF: by its ending or by its first bytes.</summary>
    public static bool IsGguf(string path)
    {
        if (!File.Exists(path)) return false;
        if (path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) return true;
        if (new FileInfo(path).Length < 4) return false;
        using SafeFileHandle file = RegularFile.Open(path);
        Span<byte> magic = stackalloc byte[4];
        RegularFile.Fill(file, magic, 0, path);
        return magic.SequenceEqual("GGUF"u8);
    }

    /// <summary>The GGUF file that a model's path means: the file itself, or the only one of a folder without safetensors; null for none.</summary>
    /// <exception cref="InvalidInputException">The folder holds several.</exception>
    public static string? In(string path)
    {
        if (!Directory.Exists(path)) return IsGguf(path) ? path : null;
        if (Directory.EnumerateFiles(path, "*.safetensors*").Any()) return null;
        string[] files = Directory.GetFiles(path, "*.gguf");
        if (files.Length <= 1) return files.FirstOrDefault();
        string names = string.Join(", ", files.Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal).Take(5));
        throw new InvalidInputException($"The folder holds {files.Length} GGUF files: {names}.", path, "Name the one that is meant.");
    }

    /// <summary>Opens the file and checks its whole header.</summary>
    /// <exception cref="InvalidInputException">No regular file, or any rule of the format is broken; the text names key or tensor.</exception>
    public static GgufFile Open(string path)
    {
        SafeFileHandle file = RegularFile.Open(path);
        try
        {
            return new GgufFile(path, file, GgufHeader.Parse(new GgufCursor(file, path)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The tensor of that name.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public GgufTensor Require(string name) => Tensors.TryGetValue(name, out GgufTensor? tensor)
        ? tensor
        : throw new InvalidInputException($"The file has no tensor {Quoted.Text(name)}.", Path, "Check that the file is a complete model.");

    /// <exception cref="InvalidInputException">A tensor is stored in a type that cannot be decoded.</exception>
    public void CheckTypes()
    {
        foreach (GgufTensor tensor in Tensors.Values)
            if (BlockDecoders.Find(tensor.Type) is null) throw BlockDecoders.Unsupported(tensor, Path);
    }

    /// <summary>Copies a tensor's bytes, as they are stored, to <paramref name="destination"/>.</summary>
    /// <param name="rowOf">Where each row goes; null: rows stay in their order.</param>
    public unsafe void ReadStored(GgufTensor tensor, void* destination, Func<long, long>? rowOf = null)
    {
        long rowBytes = tensor.ByteLength / tensor.Rows;
        ReadParts(tensor, (bytes, row) =>
        {
            for (int at = 0; at < bytes.Length; at += (int)rowBytes, row++)
                bytes.Slice(at, (int)rowBytes).CopyTo(new Span<byte>((byte*)destination + (rowOf?.Invoke(row) ?? row) * rowBytes, (int)rowBytes));
        });
    }

    /// <summary>Decodes a tensor to float32, exactly as ggml does, into <paramref name="destination"/> [rows, columns].</summary>
    /// <inheritdoc cref="ReadStored" path="/param"/>
    /// <exception cref="InvalidInputException">The type has no decoder here.</exception>
    public unsafe void ReadFloat32(GgufTensor tensor, float* destination, Func<long, long>? rowOf = null)
    {
        BlockDecoder decode = BlockDecoders.Find(tensor.Type) ?? throw BlockDecoders.Unsupported(tensor, Path);
        long columns = tensor.Columns;
        int rowBytes = checked((int)(tensor.ByteLength / tensor.Rows));
        ReadParts(tensor, (bytes, row) =>
        {
            if (rowOf is null)
            {
                decode(bytes, new Span<float>(destination + row * columns, checked((int)(bytes.Length / rowBytes * columns))));
                return;
            }
            for (int at = 0; at < bytes.Length; at += rowBytes, row++)
                decode(bytes.Slice(at, rowBytes), new Span<float>(destination + rowOf(row) * columns, checked((int)columns)));
        });
    }

    /// <summary>A tensor as float32 in a new array; for small tensors.</summary>
    public unsafe float[] ReadFloat32(GgufTensor tensor)
    {
        float[] values = new float[tensor.NumElements];
        fixed (float* destination = values) ReadFloat32(tensor, destination);
        return values;
    }

    public void Dispose() => _handle.Dispose();

    private delegate void TakeRows(ReadOnlySpan<byte> rows, long firstRow);

    /// <summary>Reads whole rows, some at a time, on all cores.</summary>
    private void ReadParts(GgufTensor tensor, TakeRows take)
    {
        if (tensor.ByteLength / tensor.Rows > Array.MaxLength / 8)
            throw new InvalidInputException($"The tensor {Quoted.Text(tensor.Name)} has rows of {tensor.Columns} numbers, more than this program reads.", Path, "Use another model.");
        int rowBytes = (int)(tensor.ByteLength / tensor.Rows);
        long rowsPerPart = Math.Max(1, PartBytes / rowBytes), parts = (tensor.Rows + rowsPerPart - 1) / rowsPerPart;
        if (parts == 1)
        {
            ReadPart(0);
            return;
        }
        try { Parallel.For(0, parts, ReadPart); }
        catch (AggregateException e) when (e.InnerExceptions[0] is InvalidInputException cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }

        void ReadPart(long part)
        {
            long first = part * rowsPerPart;
            int length = (int)(Math.Min(rowsPerPart, tensor.Rows - first) * rowBytes);
            byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
            try
            {
                RegularFile.Fill(_handle, buffer.AsSpan(0, length), tensor.FileOffset + first * rowBytes, Path);
                take(buffer.AsSpan(0, length), first);
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
