using System.Collections;
using TuneSharp.Data.Storage;

namespace TuneSharp.Data.Packing;

/// <summary>Packed rows over documents that stay where they are: a row is put together when it is asked for.</summary>
/// <param name="documents">Documents, in the order that the layout was made for.</param>
/// <param name="layout">Which pieces make which row.</param>
public sealed class PackedExamples(IReadOnlyList<TrainingExample> documents, PackedLayout layout) : IReadOnlyList<TrainingExample>, IRowLengths
{
    public int Count => layout.Count;

    public TrainingExample this[int index]
    {
        get
        {
            ReadOnlySpan<PackedPiece> pieces = layout[index];
            int total = layout.Length(index);
            int[] ids = new int[total], labels = new int[total], lengths = new int[pieces.Length];
            int at = 0;
            for (int i = 0; i < pieces.Length; i++)
            {
                (int document, int start, int length) = pieces[i];
                TrainingExample example = documents[document];
                example.InputIds.AsSpan(start, length).CopyTo(ids.AsSpan(at));
                example.Labels.AsSpan(start, length).CopyTo(labels.AsSpan(at));
                lengths[i] = length;
                at += length;
            }
            return new TrainingExample(ids, labels) { SegmentLengths = lengths };
        }
    }

    public IEnumerable<int> Lengths
    {
        get
        {
            for (int row = 0; row < Count; row++) yield return layout.Length(row);
        }
    }

    public IEnumerator<TrainingExample> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
