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
        byte[] bytes = new byte[row.Length * idBytes + LabelBytes(layout, row.Length, row.NumLabels)];
        for (int t = 0; t < row.Length; t++)
        {
            if (idBytes == 2) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * t), checked((ushort)row.InputIds[t]));
            else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * t), row.InputIds[t]);
        }

        Span<byte> labels = bytes.AsSpan(row.Length * idBytes);
        if (row.Targets is { } targets) WriteTargets(labels, targets, row.TokenTypes);
        for (int t = 0; t < row.Length && layout is (LabelLayout.Mask or LabelLayout.Numbers); t++)
        {
            if (layout == LabelLayout.Numbers) BinaryPrimitives.WriteInt32LittleEndian(labels[(4 * t)..], row.Labels[t]);
            else if (row.Labels[t] != TrainingExample.Ignored) labels[t / 8] |= (byte)(1 << (t % 8));
        }

        _stream.Write(bytes);
        _at += bytes.Length;
        return record;
    }

    /// <param name="targets">Number of targets, where the layout has some.</param>
    public static int LabelBytes(LabelLayout layout, int tokens, int targets) => layout switch
    {
        LabelLayout.Targets => checked(4 * targets),
        LabelLayout.TargetsAndTypes => checked(4 * targets + tokens),
        LabelLayout.All => 0,
        LabelLayout.Mask => (tokens + 7) / 8,
        _ => checked(4 * tokens),
    };

    private static void WriteTargets(Span<byte> to, float[] targets, int[]? types)
    {
        for (int i = 0; i < targets.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(to[(4 * i)..], targets[i]);
        for (int t = 0; t < types?.Length; t++) to[4 * targets.Length + t] = checked((byte)types[t]);
    }

    private static LabelLayout LayoutOf(TrainingExample row)
    {
        if (row.Targets is not null) return row.TokenTypes is null ? LabelLayout.Targets : LabelLayout.TargetsAndTypes;
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
