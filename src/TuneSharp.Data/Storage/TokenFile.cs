using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Storage;

/// <summary>Reads rows by their records. Safe for any number of threads; the handle closes with the last user.</summary>
internal sealed class TokenFile(string path, int idBytes)
{
    private readonly SafeFileHandle _handle = RegularFile.Open(path);

    /// <exception cref="InvalidInputException">The file is shorter than the record says.</exception>
    public TrainingExample Read(RowRecord record, RowSource? source)
    {
        if (record.Offset < 0 || record.Length < 0 || record.Start < 0 || record.NumLabels < 0 || record.Start + (long)record.Length > record.Stored)
            throw new InvalidInputException("A row of the prepared dataset is damaged.", path, "Delete the folder; it is made anew.");
        byte[] bytes = new byte[checked(record.Stored * idBytes + TokenFileWriter.LabelBytes(record.Labels, record.Stored, record.NumLabels))];
        RegularFile.Fill(_handle, bytes, record.Offset, path);
        int[] ids = new int[record.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            int t = record.Start + i;
            ids[i] = idBytes == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * t)) : BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * t));
        }

        ReadOnlySpan<byte> labels = bytes.AsSpan(record.Stored * idBytes);
        if (record.Labels is LabelLayout.Targets or LabelLayout.TargetsAndTypes) return WithTargets(record, ids, labels, source);
        return new TrainingExample(ids, Labels(record, ids, labels)) { Source = source };
    }

    private static TrainingExample WithTargets(RowRecord record, int[] ids, ReadOnlySpan<byte> stored, RowSource? source)
    {
        int[] ignored = new int[ids.Length];
        Array.Fill(ignored, TrainingExample.Ignored);
        float[] targets = new float[record.NumLabels];
        for (int i = 0; i < targets.Length; i++) targets[i] = BinaryPrimitives.ReadSingleLittleEndian(stored[(4 * i)..]);
        int[]? types = record.Labels == LabelLayout.Targets ? null : new int[ids.Length];
        for (int t = 0; t < types?.Length; t++) types[t] = stored[4 * targets.Length + record.Start + t];
        return new TrainingExample(ids, ignored) { Source = source, Targets = targets, TokenTypes = types };
    }

    private static int[] Labels(RowRecord record, int[] ids, ReadOnlySpan<byte> labels)
    {
        if (record.Labels == LabelLayout.All) return ids;
        int[] result = new int[ids.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int t = record.Start + i;
            result[i] = record.Labels == LabelLayout.Numbers ? BinaryPrimitives.ReadInt32LittleEndian(labels[(4 * t)..])
                : (labels[t / 8] >> (t % 8) & 1) != 0 ? ids[i] : TrainingExample.Ignored;
        }
        return result;
    }
}

/// <summary>The records of a .rows file, read where they lie.</summary>
internal sealed class RecordFile
{
    private readonly SafeFileHandle? _handle;    // null: no record
    private readonly string _path;

    public RecordFile(string path)
    {
        _path = path;
        if (new FileInfo(path) is { Exists: true, Length: 0 }) return;
        _handle = RegularFile.Open(path);
        long bytes = RandomAccess.GetLength(_handle);
        if (bytes % Unsafe.SizeOf<RowRecord>() != 0 || bytes / Unsafe.SizeOf<RowRecord>() > int.MaxValue)
            throw new InvalidInputException("The list of rows of the prepared dataset is damaged.", path, "Delete the folder; it is made anew.");
        Count = (int)(bytes / Unsafe.SizeOf<RowRecord>());
    }

    public int Count { get; }

    public RowRecord this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            RowRecord record = default;
            RegularFile.Fill(_handle!, MemoryMarshal.AsBytes(new Span<RowRecord>(ref record)), index * (long)Unsafe.SizeOf<RowRecord>(), _path);
            return record;
        }
    }

    /// <summary>All records, read in pieces.</summary>
    public IEnumerable<RowRecord> All()
    {
        const int Piece = 4096;
        for (int at = 0; at < Count; at += Piece)
        {
            var records = new RowRecord[Math.Min(Piece, Count - at)];
            RegularFile.Fill(_handle!, MemoryMarshal.AsBytes(records.AsSpan()), at * (long)Unsafe.SizeOf<RowRecord>(), _path);
            foreach (RowRecord record in records) yield return record;
        }
    }
}
