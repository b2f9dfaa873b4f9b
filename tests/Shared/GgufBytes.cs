using System.Text;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Tests.Shared;

/// <summary>Writes GGUF files for tests, good and broken ones: every count, length and offset can be set.</summary>
public sealed class GgufBytes
{
    private readonly List<byte> _keys = [];
    private readonly List<(string Name, uint Type, ulong[] Sizes, byte[] Data)> _tensors = [];

    public uint Magic { get; set; } = 0x46554747;

    public uint Version { get; set; } = 3;

    public int Alignment { get; set; } = 32;

    public ulong? NumKeys { get; set; }

    public ulong? NumTensors { get; set; }

    /// <summary>Changes a tensor's offset, as it is written.</summary>
    public Func<string, ulong, ulong> Offset { get; set; } = (_, offset) => offset;

    public ulong KeysWritten { get; private set; }

    public GgufBytes Raw(string key, uint type, byte[] value)
    {
        _keys.AddRange([.. TextBytes(key), .. BitConverter.GetBytes(type), .. value]);
        KeysWritten++;
        return this;
    }

    public GgufBytes Number(string key, uint value) => Raw(key, 4, BitConverter.GetBytes(value));

    public GgufBytes Single(string key, float value) => Raw(key, 6, BitConverter.GetBytes(value));

    public GgufBytes Flag(string key, bool value) => Raw(key, 7, [value ? (byte)1 : (byte)0]);

    public GgufBytes Text(string key, string value) => Raw(key, 8, TextBytes(value));

    public GgufBytes Texts(string key, params IEnumerable<string> values)
    {
        string[] all = [.. values];
        return Raw(key, 9, [.. BitConverter.GetBytes(8u), .. BitConverter.GetBytes((ulong)all.Length), .. all.SelectMany(TextBytes)]);
    }

    public GgufBytes Integers(string key, params IEnumerable<int> values)
    {
        int[] all = [.. values];
        return Raw(key, 9, [.. BitConverter.GetBytes(5u), .. BitConverter.GetBytes((ulong)all.Length), .. all.SelectMany(BitConverter.GetBytes)]);
    }

    public GgufBytes Singles(string key, params IEnumerable<float> values)
    {
        float[] all = [.. values];
        return Raw(key, 9, [.. BitConverter.GetBytes(6u), .. BitConverter.GetBytes((ulong)all.Length), .. all.SelectMany(BitConverter.GetBytes)]);
    }

    /// <param name="sizes">Outermost first, as in torch.</param>
    public GgufBytes Tensor(string name, GgmlType type, long[] sizes, byte[] data) =>
        RawTensor(name, (uint)type, [.. sizes.Reverse().Select(size => (ulong)size)], data);

    /// <param name="sizes">Innermost first, as in the file.</param>
    public GgufBytes RawTensor(string name, uint type, ulong[] sizes, byte[] data)
    {
        _tensors.Add((name, type, sizes, data));
        return this;
    }

    public GgufBytes Floats(string name, long[] sizes, IEnumerable<float> values) => Tensor(name, GgmlType.F32, sizes, [.. values.SelectMany(BitConverter.GetBytes)]);

    public byte[] ToArray()
    {
        var file = new MemoryStream();
        Write(file, Magic);
        Write(file, Version);
        Write(file, NumTensors ?? (ulong)_tensors.Count);
        Write(file, NumKeys ?? KeysWritten);
        file.Write(_keys.ToArray());
        ulong offset = 0;
        foreach ((string name, uint type, ulong[] sizes, byte[] data) in _tensors)
        {
            WriteText(file, Encoding.UTF8.GetBytes(name));
            Write(file, (uint)sizes.Length);
            foreach (ulong size in sizes) Write(file, size);
            Write(file, type);
            Write(file, Offset(name, offset));
            offset = Aligned(offset + (ulong)data.Length);
        }
        foreach ((string _, uint _, ulong[] _, byte[] data) in _tensors)
        {
            file.Write(new byte[Aligned((ulong)file.Length) - (ulong)file.Length]);
            file.Write(data);
        }
        return file.ToArray();
    }

    public void WriteTo(string path) => File.WriteAllBytes(path, ToArray());

    /// <summary>How byte-level vocabularies spell the 256 bytes: printable ones as themselves, the others from U+0100 on.</summary>
    public static string[] ByteAlphabet()
    {
        int next = 256;
        return [.. Enumerable.Range(0, 256).Select(b => $"{(char)(b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174 ? b : next++)}")];
    }

    public static byte[] TextBytes(string text)
    {
        var stream = new MemoryStream();
        WriteText(stream, Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }

    private ulong Aligned(ulong length) => (length + (ulong)Alignment - 1) / (ulong)Alignment * (ulong)Alignment;

    private static void WriteText(Stream stream, byte[] text)
    {
        Write(stream, (ulong)text.Length);
        stream.Write(text);
    }

    private static void Write(Stream stream, uint value) => stream.Write(BitConverter.GetBytes(value));

    private static void Write(Stream stream, ulong value) => stream.Write(BitConverter.GetBytes(value));
}
