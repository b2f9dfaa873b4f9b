using System.Collections;

namespace TuneSharp.Data.Storage;

/// <summary>Rows that know their lengths without being read.</summary>
public interface IRowLengths
{
    /// <summary>Tokens of every row, in the order of the rows.</summary>
    IEnumerable<int> Lengths { get; }
}

/// <summary>The rows of one part of a prepared dataset: they lie in a file, and each is read when it is asked for.</summary>
internal sealed class StoredExamples(TokenFile tokens, RecordFile records, IReadOnlyList<string> files) : IReadOnlyList<TrainingExample>, IRowLengths
{
    public int Count => records.Count;

    public TrainingExample this[int index] => Read(records[index]);

    public IEnumerable<int> Lengths => records.All().Select(record => record.Length);

    public IEnumerator<TrainingExample> GetEnumerator() => records.All().Select(Read).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private TrainingExample Read(RowRecord record) => tokens.Read(record, new RowSource(files[record.File], record.Row, record.Line));
}
