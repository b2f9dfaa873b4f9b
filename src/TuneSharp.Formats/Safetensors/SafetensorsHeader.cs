using System.Text.Json;
using System.Text.Unicode;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Formats.Safetensors;

/// <summary>
/// Parses and checks the header of a safetensors file: u64 little-endian N, N bytes of JSON, tensor data. The rules are the
/// reference implementation's (formats.md §10): tensors cover the data without hole, overlap or rest, and each one's bytes are
/// the product of its shape. What this returns can be read without another check.
/// </summary>
internal static class SafetensorsHeader
{
    public const int LengthBytes = 8;
    public const long MaxHeaderBytes = 100_000_000;
    private const string MetadataKey = "__metadata__";
    private const string Again = "Download or copy the file again; if that does not help, ask its author.";

    public sealed record Parsed(Dictionary<string, TensorEntry> Tensors, Dictionary<string, string> Metadata);

    /// <summary>Checks the first eight bytes; returns the header's length.</summary>
    public static int CheckLength(ulong headerBytes, long fileBytes, string where)
    {
        if (headerBytes > (ulong)MaxHeaderBytes)
            throw Bad(where, $"The header claims {headerBytes} bytes; the format allows {MaxHeaderBytes}. This is no safetensors file, or it is damaged.");
        if (headerBytes > (ulong)(fileBytes - LengthBytes))
            throw Bad(where, $"The header claims {headerBytes} bytes, but the file has only {fileBytes}. It was cut short.");
        if (headerBytes < 2)
            throw Bad(where, $"The header has {headerBytes} bytes; an empty one ({{}}) has 2. This is no safetensors file, or it is damaged.");
        return (int)headerBytes;
    }

    /// <summary>Parses the JSON and checks it against the length of the whole file.</summary>
    public static Parsed Parse(ReadOnlySpan<byte> json, long fileBytes, string where)
    {
        if (json[0] != (byte)'{')
            throw Bad(where, "The header does not start with '{': it is not the JSON object of a safetensors file.");
        if (!Utf8.IsValid(json)) throw Bad(where, "The header is not valid UTF-8.");
        long dataStart = LengthBytes + json.Length;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            Parsed parsed = ReadObject(ref reader, dataStart, fileBytes - dataStart, where);
            CheckLayout(parsed.Tensors.Values, dataStart, fileBytes - dataStart, where);
            return parsed;
        }
        catch (JsonException e)
        {
            throw new InvalidInputException($"The header is not valid JSON, or nested deeper than a header is (byte {LengthBytes + reader.BytesConsumed}).", where, Again, e);
        }
        catch (InvalidOperationException e)
        {
            // What the reader throws for an escaped half of a surrogate pair.
            throw new InvalidInputException($"The header holds a text that is not valid Unicode (byte {LengthBytes + reader.BytesConsumed}).", where, Again, e);
        }
    }

    private static Parsed ReadObject(ref Utf8JsonReader reader, long dataStart, long dataBytes, string where)
    {
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                if (metadata is not null) throw Bad(where, "The header has __metadata__ twice.");
                metadata = ReadMetadata(ref reader, where);
                continue;
            }
            if (name.AsSpan().ContainsAnyInRange('\0', '\u001f'))
                throw Bad(where, $"The tensor name {Quoted.Text(name)} holds a control character.");
            if (!tensors.TryAdd(name, ReadEntry(ref reader, name, dataStart, dataBytes, where)))
                throw Bad(where, $"The tensor {Quoted.Text(name)} stands in the header twice.");
        }
        while (reader.Read()) { } // anything but white space behind the object is an error that the reader raises
        return new Parsed(tensors, metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private static Dictionary<string, string> ReadMetadata(ref Utf8JsonReader reader, string where)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Bad(where, "__metadata__ in the header is no JSON object.");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Bad(where, $"__metadata__ in the header: the value of {Quoted.Text(key)} is no text; only texts are allowed.");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Bad(where, $"__metadata__ in the header: the key {Quoted.Text(key)} stands there twice.");
        }
        return metadata;
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string name, long dataStart, long dataBytes, string where)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Bad(where, $"The tensor {Quoted.Text(name)} is described by {Kind(reader.TokenType)} instead of an object with dtype, shape and data_offsets.");
        TensorDType? dtype = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when dtype is null: dtype = ReadDType(ref reader, name, where); break;
                case "shape" when shape is null: shape = ReadNumbers(ref reader, name, "shape", where); break;
                case "data_offsets" when offsets is null: offsets = ReadNumbers(ref reader, name, "data_offsets", where); break;
                case "dtype" or "shape" or "data_offsets": throw Bad(where, $"The tensor {Quoted.Text(name)} has {key} twice.");
                default: reader.Skip(); break;
            }
        }
        if (dtype is not { } type) throw Bad(where, $"The tensor {Quoted.Text(name)} has no dtype.");
        if (shape is null) throw Bad(where, $"The tensor {Quoted.Text(name)} has no shape.");
        if (offsets is not [long begin, long end])
            throw Bad(where, $"The tensor {Quoted.Text(name)} needs two data_offsets (begin and end); it has {offsets?.Length ?? 0}.");
        if (end < begin) throw Bad(where, $"The tensor {Quoted.Text(name)} has data_offsets [{begin}, {end}]: the end is before the begin.");
        if (end > dataBytes)
            throw Bad(where, $"The tensor {Quoted.Text(name)} has data_offsets [{begin}, {end}], but the file holds only {dataBytes} bytes of tensor data. It was cut short or is damaged.");
        long bytes = ByteLength(type, shape) ??
            throw Bad(where, $"The tensor {Quoted.Text(name)} has the shape [{string.Join(", ", shape)}], more bytes than a 64-bit number counts.");
        if (bytes != end - begin)
            throw Bad(where, $"The tensor {Quoted.Text(name)} is {type.Code()} of shape [{string.Join(", ", shape)}] = {bytes} bytes, but its data_offsets [{begin}, {end}] hold {end - begin}.");
        return new TensorEntry(name, type, shape, dataStart + begin, bytes);
    }

    private static TensorDType ReadDType(ref Utf8JsonReader reader, string name, string where)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Bad(where, $"The dtype of the tensor {Quoted.Text(name)} is {Kind(reader.TokenType)}, not a name as \"F32\".");
        string code = reader.GetString()!;
        return TensorDTypes.FromCode(code) ?? throw new InvalidInputException(
            $"The tensor {Quoted.Text(name)} has the dtype {Quoted.Text(code)}.", where, $"The dtypes that can be read are {TensorDTypes.AllCodes}.");
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name, string what, string where)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Bad(where, $"The {what} of the tensor {Quoted.Text(name)} is {Kind(reader.TokenType)}, not a list of numbers.");
        var numbers = new List<long>(4);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Bad(where, $"The {what} of the tensor {Quoted.Text(name)} holds something that is no whole number from 0 to {long.MaxValue}.");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static long? ByteLength(TensorDType dtype, long[] shape)
    {
        long bytes = dtype.ByteSize();
        bool empty = false;
        try
        {
            // Zero sizes are left out of the product, so that one cannot hide the overflow of the others.
            foreach (long size in shape)
            {
                empty |= size == 0;
                bytes = checked(bytes * Math.Max(size, 1));
            }
        }
        catch (OverflowException) { return null; }
        return empty ? 0 : bytes;
    }

    private static void CheckLayout(IReadOnlyCollection<TensorEntry> tensors, long dataStart, long dataBytes, string where)
    {
        TensorEntry[] sorted = [.. tensors];
        Array.Sort(sorted, static (a, b) => a.FileOffset != b.FileOffset ? a.FileOffset.CompareTo(b.FileOffset) : a.ByteLength.CompareTo(b.ByteLength));
        long covered = 0;
        TensorEntry? before = null;
        foreach (TensorEntry tensor in sorted)
        {
            long begin = tensor.FileOffset - dataStart;
            if (begin < covered)
                throw Bad(where, $"The tensors {Quoted.Text(before!.Name)} and {Quoted.Text(tensor.Name)} overlap: the data_offsets of the second start at {begin}, where the first ends at {covered}.");
            if (begin > covered)
                throw Bad(where, $"The {begin - covered} bytes before the tensor {Quoted.Text(tensor.Name)} (data_offsets {covered} to {begin}) belong to no tensor; the format allows no hole.");
            covered = begin + tensor.ByteLength;
            before = tensor;
        }
        if (covered != dataBytes)
            throw Bad(where, $"{dataBytes - covered} bytes behind the last tensor belong to none; the format allows no rest.");
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "a list",
        JsonTokenType.StartObject => "an object",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static InvalidInputException Bad(string where, string problem) => new(problem, where, Again);
}
