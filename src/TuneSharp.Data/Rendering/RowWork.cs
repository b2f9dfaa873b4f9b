using System.Collections.Concurrent;

namespace TuneSharp.Data.Rendering;

/// <summary>Work on rows by several threads, whose results come in the order of the rows; a few hundred rows are held at once.</summary>
internal static class RowWork
{
    private const int PerThread = 64, PerRange = 8;

    public static IEnumerable<(DatasetRow Row, T Result)> Map<T>(IEnumerable<DatasetRow> rows, int threads, Func<DatasetRow, T> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (threads == 1)
        {
            foreach (DatasetRow row in rows) yield return (row, work(row));
            yield break;
        }

        foreach (DatasetRow[] chunk in rows.Chunk(threads * PerThread))
        {
            var results = new T[chunk.Length];
            if (chunk.Length == 1)
                results[0] = work(chunk[0]);
            else
                Parallel.ForEach(Partitioner.Create(0, chunk.Length, PerRange), new ParallelOptions { MaxDegreeOfParallelism = threads }, range =>
                {
                    for (int i = range.Item1; i < range.Item2; i++) results[i] = work(chunk[i]);
                });
            for (int i = 0; i < chunk.Length; i++) yield return (chunk[i], results[i]);
        }
    }
}
