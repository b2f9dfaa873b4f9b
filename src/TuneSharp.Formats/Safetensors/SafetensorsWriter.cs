using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Json;

namespace TuneSharp.Formats.Safetensors;

/// <summary>One tensor to be written.</summary>
/// <param name="Name">Name in the checkpoint.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="WriteBytes">Puts all elements into the stream, row-major and little-endian.</param>
public sealed record TensorToWrite(string Name, TensorDType DType, IReadOnlyList<long> Shape, Action<Stream> WriteBytes)
{
    public long ByteLength => checked(Shape.Aggregate((long)DType.ByteSize(), (bytes, size) => checked(bytes * size)));
}

/// <summary>
/// Writes safetensors files byte for byte as the reference library does: metadata first, tensors sorted by the width of their
/// type (widest first) and then by name, header padded with spaces so that the data start at a multiple of eight.
/// </summary>
public static class SafetensorsWriter
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = MinimalEscapes.Instance };

    /// <summary>Writes or replaces <paramref name="path"/> in one step: a failure leaves the old file and no half one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">In any order.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>.</param>
    /// <param name="refuseNonFinite">Whether a NaN or an infinity is an error.</param>
    /// <exception cref="NonFiniteWeightsException">As asked for by <paramref name="refuseNonFinite"/>.</exception>
    /// <exception cref="SaveFailedException">The disk failed.</exception>
    public static void Write(string path, IReadOnlyList<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata = null, bool refuseNonFinite = false)
    {
        TensorToWrite[] ordered = [.. tensors];
        Array.Sort(ordered, CompareLayout);
        byte[] header = Header(ordered, metadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[SafetensorsHeader.LengthBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (TensorToWrite tensor in ordered) WriteTensor(stream, tensor, refuseNonFinite);
        });
    }

    private static int CompareLayout(TensorToWrite a, TensorToWrite b)
    {
        int byType = a.DType.LayoutOrder().CompareTo(b.DType.LayoutOrder());
        return byType != 0 ? byType : Encoding.UTF8.GetBytes(a.Name).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Name));
    }

    private static void WriteTensor(Stream stream, TensorToWrite tensor, bool refuseNonFinite)
    {
        using var counted = new CountingStream(stream);
        using Stream target = refuseNonFinite ? new FiniteCheckingStream(counted, tensor.Name, tensor.DType) : counted;
        tensor.WriteBytes(target);
        if (counted.Written != tensor.ByteLength)
            throw new InvalidOperationException($"The tensor {Quoted.Text(tensor.Name)} was announced with {tensor.ByteLength} bytes, but {counted.Written} were written.");
    }

    private static byte[] Header(TensorToWrite[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            string? before = null;
            foreach (TensorToWrite tensor in ordered)
            {
                if (tensor.Name == before) throw new ArgumentException($"The tensor {Quoted.Text(before)} is to be written twice.", nameof(ordered));
                before = tensor.Name;
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.DType.Code());
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset = checked(offset + tensor.ByteLength));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
