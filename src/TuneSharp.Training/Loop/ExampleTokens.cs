using TuneSharp.Data;
using TuneSharp.Nn;

namespace TuneSharp.Training.Loop;

/// <summary>
/// Rows as the engine takes them. A packed row becomes one engine row a document: there a row is what sees itself alone and counts
/// its positions from 0, so packing mixes nothing (arXiv:2107.02027 shows what it costs when it does).
/// </summary>
internal static class ExampleTokens
{
    public static TokenBatch Of(IReadOnlyList<TrainingExample> rows, int numVirtualTokens = 0)
    {
        List<int[]> ids = [], labels = [];
        foreach ((int[] segmentIds, int[] segmentLabels) in rows.SelectMany(row => row.Segments()))
        {
            ids.Add(segmentIds);
            labels.Add(segmentLabels);
        }
        return TokenBatch.FromRows(ids, labels, numVirtualTokens: numVirtualTokens);
    }
}
