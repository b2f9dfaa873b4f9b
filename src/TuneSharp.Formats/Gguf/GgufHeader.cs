using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Gguf;

/// <summary>
/// Parses and checks the header of a GGUF file (versions 2 and 3, little-endian; specification:
/// github.com/ggml-org/ggml docs/gguf.md): metadata, tensor list, and that every tensor lies within the file.
/// </summary>
internal static class GgufHeader
{
    private const uint Magic = 0x46554747; // "GGUF"
    private const int MinVersion = 2, MaxVersion = 3;
    private const int LongestKey = 65_535, LongestTensorName = 255, MaxDimensions = 4, MaxListDepth = 8;
    private const int KeyBytes = 8 + 1 + 4 + 1, TensorInfoBytes = 8 + 1 + 4 + 4 + 8;
    private const int DefaultAlignment = 32, MaxAlignment = 1 << 20;
    private const string AlignmentKey = "general.alignment";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public sealed record Parsed(int Version, int Alignment, GgufMetadata Metadata, IReadOnlyDictionary<string, GgufTensor> Tensors);

    public static Parsed Parse(GgufCursor cursor)
    {
        uint magic = cursor.ReadUInt32("the magic number");
        if (magic != Magic) throw cursor.Broken("The file does not begin with the magic bytes GGUF: it is no GGUF file.");
        uint version = cursor.ReadUInt32("the version");
        if (version is < MinVersion or > MaxVersion)
        {
            uint swapped = BinaryPrimitives.ReverseEndianness(version);
            throw cursor.Broken(swapped is >= 1 and <= MaxVersion
                ? $"The version reads as {version}: this is a big-endian file of version {swapped}. Only little-endian files are read."
                : $"The file has version {version} of the GGUF format; versions {MinVersion} and {MaxVersion} are read.");
        }
        int numTensors = cursor.ReadCount(TensorInfoBytes, "the number of tensors");
        int numKeys = cursor.ReadCount(KeyBytes, "the number of metadata keys");
        var metadata = new GgufMetadata(ReadMetadata(cursor, numKeys), cursor.Path);
        int alignment = AlignmentOf(metadata);
        return new Parsed((int)version, alignment, metadata, ReadTensors(cursor, numTensors, alignment));
    }

    private static Dictionary<string, GgufValue> ReadMetadata(GgufCursor cursor, int count)
    {
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = ReadName(cursor, $"metadata key number {i + 1}", LongestKey);
            var type = (GgufValueType)cursor.ReadUInt32($"the type of {Quoted.Text(key)}");
            GgufValue value = ReadValue(cursor, key, type, depth: 0);
            if (!values.TryAdd(key, value)) throw cursor.Broken($"The metadata key {Quoted.Text(key)} stands twice.");
        }
        return values;
    }

    private static string ReadName(GgufCursor cursor, string what, int longest)
    {
        byte[] bytes = cursor.ReadText(what, longest);
        if (bytes.Length == 0) throw cursor.Broken($"{what} has an empty name.");
        try { return StrictUtf8.GetString(bytes); }
        catch (DecoderFallbackException) { throw cursor.Broken($"{what} has a name that is not valid UTF-8."); }
    }

    private static GgufValue ReadValue(GgufCursor cursor, string key, GgufValueType type, int depth)
    {
        string what = $"the value of {Quoted.Text(key)}";
        switch (type)
        {
            case GgufValueType.String:
                return new GgufText(Encoding.UTF8.GetString(cursor.ReadText(what)));
            case GgufValueType.Array:
                if (depth == MaxListDepth) throw cursor.Broken($"{what} has lists nested more than {MaxListDepth} deep.");
                return ReadList(cursor, key, depth);
            case var unknown when !Enum.IsDefined(unknown):
                throw cursor.Broken($"{what} has the type {(uint)type}, which the GGUF format does not have.");
            default:
                return ReadNumber(cursor, key, type, what);
        }
    }

    private static GgufValue ReadNumber(GgufCursor cursor, string key, GgufValueType type, string what)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        cursor.Read(bytes[..GgufValue.BytesOf(type)], what);
        ulong raw = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (type == GgufValueType.Bool && raw > 1) throw cursor.Broken($"{Quoted.Text(key)} is a truth value of {raw}; only 0 and 1 are allowed.");
        return type switch
        {
            GgufValueType.Float32 => new GgufFloat(type, BitConverter.UInt32BitsToSingle((uint)raw)),
            GgufValueType.Float64 => new GgufFloat(type, BitConverter.UInt64BitsToDouble(raw)),
            GgufValueType.Int8 => Signed((sbyte)raw),
            GgufValueType.Int16 => Signed((short)raw),
            GgufValueType.Int32 => Signed((int)raw),
            GgufValueType.Int64 => Signed((long)raw),
            _ => new GgufInteger(type, unchecked((long)raw), raw),
        };

        GgufInteger Signed(long value) => new(type, value, value < 0 ? 0 : (ulong)value);
    }

    private static GgufValue ReadList(GgufCursor cursor, string key, int depth)
    {
        string what = $"the list {Quoted.Text(key)}", length = $"The length of {what}";
        var type = (GgufValueType)cursor.ReadUInt32($"the element type of {what}");
        switch (type)
        {
            case var unknown when !Enum.IsDefined(unknown):
                throw cursor.Broken($"{what} has elements of the type {(uint)type}, which the GGUF format does not have.");
            case GgufValueType.String:
                return ReadTexts(cursor, cursor.ReadCount(sizeof(ulong), length), what);
            case GgufValueType.Array:
                int lists = cursor.ReadCount(sizeof(uint) + sizeof(ulong), length);
                if (depth + 1 == MaxListDepth) throw cursor.Broken($"{what} has lists nested more than {MaxListDepth} deep.");
                var items = new List<GgufValue>();
                for (int i = 0; i < lists; i++) items.Add(ReadList(cursor, key, depth + 1));
                return new GgufLists(items);
            default:
                int size = GgufValue.BytesOf(type);
                int count = cursor.ReadCount(size, length);
                if ((long)count * size > Array.MaxLength) throw cursor.Broken($"{what} has {count} numbers, more than this program reads.");
                byte[] bytes = new byte[count * size];
                cursor.Read(bytes, what);
                return new GgufNumbers(type, count, bytes);
        }
    }

    private static GgufTexts ReadTexts(GgufCursor cursor, int count, string what)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        int[] ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            int length = cursor.ReadCount(1, $"The length of text {i} of {what}");
            if (length > Array.MaxLength - utf8.WrittenCount) throw cursor.Broken($"{what} has more text than this program reads.");
            if (length > 0)
            {
                cursor.Read(utf8.GetSpan(length)[..length], what);
                utf8.Advance(length);
            }
            ends[i] = utf8.WrittenCount;
        }
        return new GgufTexts(utf8.WrittenSpan.ToArray(), ends);
    }

    private static int AlignmentOf(GgufMetadata metadata)
    {
        int alignment = metadata.GetIntOrNull(AlignmentKey, 1, MaxAlignment) ?? DefaultAlignment;
        return int.IsPow2(alignment) ? alignment : throw metadata.Wrong(AlignmentKey, "It must be a power of two.");
    }

    private static Dictionary<string, GgufTensor> ReadTensors(GgufCursor cursor, int count, int alignment)
    {
        var found = new List<GgufTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            GgufTensor tensor = ReadTensor(cursor, i, alignment);
            if (!names.Add(tensor.Name)) throw cursor.Broken($"The tensor {Quoted.Text(tensor.Name)} stands twice.");
            found.Add(tensor);
        }
        long dataStart = (cursor.Position + alignment - 1) / alignment * alignment;
        var tensors = new Dictionary<string, GgufTensor>(StringComparer.Ordinal);
        foreach (GgufTensor tensor in found) tensors.Add(tensor.Name, InsideFile(cursor, tensor, dataStart));
        RefuseOverlap(cursor, tensors.Values);
        return tensors;
    }

    /// <summary>With its offset as the file has it: from the start of the data.</summary>
    private static GgufTensor ReadTensor(GgufCursor cursor, int index, int alignment)
    {
        string name = ReadName(cursor, $"tensor number {index + 1}", LongestTensorName);
        string what = $"the tensor {Quoted.Text(name)}";
        uint rank = cursor.ReadUInt32($"the number of dimensions of {what}");
        if (rank > MaxDimensions) throw cursor.Broken($"{what} has {rank} dimensions; at most {MaxDimensions} are allowed.");
        long[] shape = new long[rank];
        UInt128 elements = 1;
        for (int i = 0; i < rank; i++)
        {
            ulong size = cursor.ReadUInt64($"the dimensions of {what}");
            if (size is 0 or > long.MaxValue) throw cursor.Broken($"{what} has a dimension of {size}.");
            shape[^(i + 1)] = (long)size;
            elements *= size;
            if (elements > long.MaxValue) throw cursor.Broken($"{what} has dimensions whose product is more than 2^63.");
        }
        uint id = cursor.ReadUInt32($"the type of {what}");
        if (GgmlTypes.FromId(id) is not { } type) throw cursor.Broken($"{what} is stored as type {id}, which this program does not know or which was removed from the format.");
        long columns = rank == 0 ? 1 : shape[^1];
        if (columns % type.BlockElements() != 0) throw cursor.Broken($"{what} has rows of {columns} numbers; stored as {type}, they must be a multiple of {type.BlockElements()}.");
        UInt128 bytes = elements / (UInt128)type.BlockElements() * (UInt128)type.BlockBytes();
        ulong offset = cursor.ReadUInt64($"the offset of {what}");
        if (offset % (ulong)alignment != 0) throw cursor.Broken($"{what} begins at byte {offset} of the data, which is no multiple of the alignment {alignment}.");
        if (bytes > (UInt128)cursor.FileLength || offset > (ulong)cursor.FileLength)
            throw cursor.Broken($"{what} has {bytes} bytes from byte {offset} of the data on, but the whole file has {cursor.FileLength}.");
        return new GgufTensor(name, type, shape, (long)offset, (long)bytes);
    }

    private static GgufTensor InsideFile(GgufCursor cursor, GgufTensor tensor, long dataStart)
    {
        long start = dataStart + tensor.FileOffset;
        if (start + tensor.ByteLength > cursor.FileLength)
            throw cursor.Broken($"The tensor {Quoted.Text(tensor.Name)} ends at byte {start + tensor.ByteLength}, but the file at byte {cursor.FileLength}: it was cut short.");
        return tensor with { FileOffset = start };
    }

    private static void RefuseOverlap(GgufCursor cursor, IEnumerable<GgufTensor> tensors)
    {
        GgufTensor? before = null;
        foreach (GgufTensor tensor in tensors.OrderBy(tensor => tensor.FileOffset))
        {
            if (before is not null && tensor.FileOffset < before.FileOffset + before.ByteLength)
                throw cursor.Broken($"The tensor {Quoted.Text(tensor.Name)} shares bytes with {Quoted.Text(before.Name)}.");
            before = tensor;
        }
    }
}
