using System.Runtime.InteropServices;
using System.Text;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using TuneSharp.Data.Json;
using TuneSharp.Data.Reading.Tables;
using TuneSharp.Formats.Files;
using Array = Apache.Arrow.Array;

namespace TuneSharp.Data.Reading.Columns;

/// <summary>Arrow IPC, as a file (Feather) or as a stream (what <c>datasets.save_to_disk</c> writes): one record batch in memory at a time.</summary>
internal static class ArrowRows
{
    /// <exception cref="UnreadableDatasetException">It is no Arrow file.</exception>
    public static void Check(string path)
    {
        using FileStream file = RegularFile.OpenStream(path);
        using IDisposable reader = Open(file, path, out Func<RecordBatch?> next);
        using RecordBatch? first = Guarded(path, next);
    }

    public static IEnumerable<RawRow> Read(string path)
    {
        using FileStream file = RegularFile.OpenStream(path);
        using IDisposable reader = Open(file, path, out Func<RecordBatch?> next);
        long number = 0;
        while (Guarded(path, next) is { } batch)
        {
            using (batch)
            {
                for (int i = 0; i < batch.Length; i++)
                {
                    int row = i;
                    JsonItem item = Guarded(path, () => Row(batch, row));
                    yield return RawRow.WithoutText(++number, 0, new JsonReading { Value = item });
                }
            }
        }
    }

    private static IDisposable Open(FileStream file, string path, out Func<RecordBatch?> next)
    {
        Span<byte> head = stackalloc byte[6];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        bool isFile = head[..length].SequenceEqual("ARROW1"u8);
        file.Position = 0;
        if (isFile)
        {
            var reader = new ArrowFileReader(file, new BoundedAllocator(file.Length), new CompressionCodecFactory(), leaveOpen: true);
            next = reader.ReadNextRecordBatch;
            return reader;
        }
        if (length < 4 || !(head[..4].SequenceEqual((ReadOnlySpan<byte>)[0xFF, 0xFF, 0xFF, 0xFF]) || head[3] == 0)) throw Damaged(path, null);
        var stream = new ArrowStreamReader(file, new BoundedAllocator(file.Length), new CompressionCodecFactory(), leaveOpen: true);
        next = stream.ReadNextRecordBatch;
        return stream;
    }

    private static JsonItem Row(RecordBatch batch, int row) => new(JsonKind.Object, 0)
    {
        Members = [.. batch.Schema.FieldsList.Select((field, c) => new JsonMember(field.Name, 0, Value(batch.Column(c), row, 0)))],
    };

    private static JsonItem Value(IArrowArray array, int i, int depth)
    {
        if (depth > JsonParser.MaxDepth) throw new InvalidDataException($"Values are nested more than {JsonParser.MaxDepth} deep.");
        if (array is NullArray || (array is Array known && known.IsNull(i))) return Cell.FromValue(null);
        switch (array)
        {
            case ListArray list: return List(list.Values, list.ValueOffsets[i], list.ValueOffsets[i + 1], depth);
            case LargeListArray list: return List(list.Values, checked((int)list.ValueOffsets[i]), checked((int)list.ValueOffsets[i + 1]), depth);
            case FixedSizeListArray list:
                int width = ((Apache.Arrow.Types.FixedSizeListType)list.Data.DataType).ListSize;
                return List(list.Values, (list.Offset + i) * width, (list.Offset + i + 1) * width, depth);
            case StructArray structure:
                var type = (Apache.Arrow.Types.StructType)structure.Data.DataType;
                return new JsonItem(JsonKind.Object, 0) { Members = [.. type.Fields.Select((field, f) => new JsonMember(field.Name, 0, Value(structure.Fields[f], i, depth + 1)))] };
            case DictionaryArray dictionary: return Value(dictionary.Dictionary, checked((int)Integer(dictionary.Indices, i)), depth + 1);
            default: return Cell.FromValue(Scalar(array, i));
        }
    }

    private static JsonItem List(IArrowArray values, int from, int to, int depth) =>
        new(JsonKind.List, 0) { Items = [.. Enumerable.Range(from, to - from).Select(at => Value(values, at, depth + 1))] };

    private static object? Scalar(IArrowArray array, int i) => array switch
    {
        StringArray or LargeStringArray => Encoding.UTF8.GetString(Bytes(array.Data, i, wide: array is LargeStringArray)),
        BooleanArray flags => flags.GetValue(i),
        DoubleArray numbers => numbers.GetValue(i),
        FloatArray numbers => numbers.GetValue(i),
        HalfFloatArray numbers => (float?)numbers.GetValue(i),
        Date32Array days => days.GetDateTime(i),
        Date64Array days => days.GetDateTime(i),
        TimestampArray times => times.GetTimestamp(i),
        Int8Array or Int16Array or Int32Array or Int64Array or UInt8Array or UInt16Array or UInt32Array => Integer(array, i),
        UInt64Array numbers => numbers.GetValue(i),
        BinaryArray or LargeBinaryArray => Bytes(array.Data, i, wide: array is LargeBinaryArray).ToArray(),
        _ => throw new InvalidDataException($"Columns of the type {array.Data.DataType.Name} are not read"),
    };

    // The library's own reading of texts trusts the offsets of the file; here each is checked against what the file holds.
    private static ReadOnlySpan<byte> Bytes(ArrayData data, int i, bool wide)
    {
        int at = checked(data.Offset + i);
        ReadOnlySpan<byte> offsets = data.Buffers[1].Span, values = data.Buffers[2].Span;
        (long from, long to) = wide ? (MemoryMarshal.Cast<byte, long>(offsets)[at], MemoryMarshal.Cast<byte, long>(offsets)[at + 1]) : (MemoryMarshal.Cast<byte, int>(offsets)[at], MemoryMarshal.Cast<byte, int>(offsets)[at + 1]);
        return from >= 0 && to >= from && to <= values.Length ? values[(int)from..(int)to] : throw new InvalidDataException("A text lies outside of the file");
    }

    private static long Integer(IArrowArray array, int i) => array switch
    {
        Int8Array numbers => numbers.GetValue(i)!.Value,
        Int16Array numbers => numbers.GetValue(i)!.Value,
        Int32Array numbers => numbers.GetValue(i)!.Value,
        Int64Array numbers => numbers.GetValue(i)!.Value,
        UInt8Array numbers => numbers.GetValue(i)!.Value,
        UInt16Array numbers => numbers.GetValue(i)!.Value,
        UInt32Array numbers => numbers.GetValue(i)!.Value,
        _ => throw new InvalidDataException($"Dictionary columns with keys of the type {array.Data.DataType.Name} are not read"),
    };

    // The library says what is wrong with a damaged file by whatever exception its arithmetic ends in.
    private static T Guarded<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (Exception e) { throw Damaged(path, e); }
    }

    private static UnreadableDatasetException Damaged(string path, Exception? inner) => new(
        new DataProblem(ProblemSeverity.Error, ProblemKind.Unreadable, "The file is no Arrow file, or it is damaged" + (inner is null ? "." : $": {inner.Message.TrimEnd('.')}."), "Write it again, or as JSON lines.") { File = path }, inner);
}
