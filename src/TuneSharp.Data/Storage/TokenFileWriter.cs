using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Storage;

/// <summary>Writes rows one behind the other: ids of 2 or 4 bytes each (little endian), then the labels.</summary>
internal sealed class TokenFileWriter(string path, int idBytes) : IDisposable
{
    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
    private long _at;

    /// <summary>2 where every id fits into 16 bits, else 4.</summary>
    public static int IdBytesFor(int vocabularySize) => vocabularySize <= 1 << 16 ? 2 : 4;

    /// <returns>The record that finds the row again.</returns>
    public RowRecord Write(TrainingExample row, RowSource source, int file)
    {
        LabelLayout layout = LayoutOf(row);
        var record = new RowRecord(_at, source.Row, source.Line, row.Length, 0, row.Length, row.NumLabels, file, layout);
        byte[] bytes = new byte[row.Length * idBytes + LabelBytes(layout, row.Length)];
        for (int t = 0; t < row.Length; t++)
        {
            if (idBytes == 2) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * t), checked((ushort)row.InputIds[t]));
            else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * t), row.InputIds[t]);
        }

        Span<byte> labels = bytes.AsSpan(row.Length * idBytes);
        for (int t = 0; t < row.Length && layout != LabelLayout.All; t++)
        {
            if (layout == LabelLayout.Numbers) BinaryPrimitives.WriteInt32LittleEndian(labels[(4 * t)..], row.Labels[t]);
            else if (row.Labels[t] != TrainingExample.Ignored) labels[t / 8] |= (byte)(1 << (t % 8));
        }

        _stream.Write(bytes);
        _at += bytes.Length;
        return record;
    }

    public static int LabelBytes(LabelLayout layout, int tokens) => layout switch
    {
        LabelLayout.All => 0,
        LabelLayout.Mask => (tokens + 7) / 8,
        _ => checked(4 * tokens),
    };

    private static LabelLayout LayoutOf(TrainingExample row)
    {
        if (ReferenceEquals(row.InputIds, row.Labels)) return LabelLayout.All;
        bool all = true;
        for (int t = 0; t < row.Length; t++)
        {
            if (row.Labels[t] == row.InputIds[t]) continue;
            if (row.Labels[t] != TrainingExample.Ignored) return LabelLayout.Numbers;
            all = false;
        }
        return all ? LabelLayout.All : LabelLayout.Mask;
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary>Writes records one behind the other.</summary>
internal sealed class RecordWriter(string path) : IDisposable
{
    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);

    public long Count { get; private set; }

    public void Write(RowRecord record)
    {
        _stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<RowRecord>(in record)));
        Count++;
    }

    public void Dispose() => _stream.Dispose();
}
