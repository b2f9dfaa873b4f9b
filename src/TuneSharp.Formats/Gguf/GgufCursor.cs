using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Gguf;

/// <summary>
/// Reads a GGUF header from front to back. Every read checks first that the file has the bytes: nothing is allocated on the
/// word of a length field.
/// </summary>
internal sealed class GgufCursor(SafeFileHandle file, string path)
{
    private const int BufferBytes = 1 << 16;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly byte[] _number = new byte[8];
    private long _bufferStart;
    private int _bufferLength;

    public string Path => path;

    public long FileLength { get; } = RandomAccess.GetLength(file);

    public long Position { get; private set; }

    public long Left => FileLength - Position;

    /// <summary>Fills <paramref name="destination"/>.</summary>
    /// <param name="what">What is read, for the error.</param>
    public void Read(Span<byte> destination, string what)
    {
        Require(destination.Length, what);
        while (!destination.IsEmpty)
        {
            int at = (int)Math.Min(Position - _bufferStart, int.MaxValue);
            if (at < 0 || at >= _bufferLength)
            {
                if (destination.Length >= BufferBytes)
                {
                    RegularFile.Fill(file, destination, Position, path);
                    Position += destination.Length;
                    return;
                }
                _bufferStart = Position;
                _bufferLength = (int)Math.Min(BufferBytes, FileLength - Position);
                RegularFile.Fill(file, _buffer.AsSpan(0, _bufferLength), Position, path);
                at = 0;
            }
            int count = Math.Min(destination.Length, _bufferLength - at);
            _buffer.AsSpan(at, count).CopyTo(destination);
            destination = destination[count..];
            Position += count;
        }
    }

    public byte ReadByte(string what)
    {
        Read(_number.AsSpan(0, 1), what);
        return _number[0];
    }

    public uint ReadUInt32(string what)
    {
        Read(_number.AsSpan(0, 4), what);
        return BinaryPrimitives.ReadUInt32LittleEndian(_number);
    }

    public ulong ReadUInt64(string what)
    {
        Read(_number, what);
        return BinaryPrimitives.ReadUInt64LittleEndian(_number);
    }

    /// <summary>A length or count of things of at least <paramref name="minBytes"/> bytes each, all of which must still follow.</summary>
    public int ReadCount(int minBytes, string what)
    {
        ulong count = ReadUInt64(what);
        if (count > (ulong)(Left / minBytes) || count > int.MaxValue)
            throw Broken($"{what} says {count}, but only {Left} bytes follow.");
        return (int)count;
    }

    /// <summary>A text with its length in front of it, as raw bytes.</summary>
    public byte[] ReadText(string what, int longest = int.MaxValue)
    {
        int length = ReadCount(1, $"The length of {what}");
        if (length > longest) throw Broken($"{what} has {length} bytes; at most {longest} are allowed.");
        byte[] bytes = new byte[length];
        Read(bytes, what);
        return bytes;
    }

    public InvalidInputException Broken(string problem) => new(Upper(problem), path, "The file is damaged, incomplete or no GGUF file that this program reads; get it again.");

    private void Require(int bytes, string what)
    {
        if (bytes > Left) throw Broken($"The file ends at byte {FileLength}, within {what}.");
    }

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
