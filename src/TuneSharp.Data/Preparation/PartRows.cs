namespace TuneSharp.Data.Preparation;

/// <summary>The examples of one side of the split, with their rows where those are needed later.</summary>
internal sealed class PartRows
{
    public bool KeepsRows { get; init; }

    public List<TrainingExample> Examples { get; private set; } = [];

    public List<DatasetRow> Rows { get; private set; } = [];

    public IEnumerable<int> Lengths => Examples.Select(example => example.Length);

    public void Add(DatasetRow row, TrainingExample example)
    {
        Examples.Add(example);
        if (KeepsRows) Rows.Add(row);
    }

    /// <summary>Replaces every example by what <paramref name="change"/> makes of it; null removes it and its row.</summary>
    public void Change(Func<TrainingExample, TrainingExample?> change)
    {
        var examples = new List<TrainingExample>(Examples.Count);
        var rows = new List<DatasetRow>(Rows.Count);
        for (int i = 0; i < Examples.Count; i++)
        {
            if (change(Examples[i]) is not { } changed) continue;
            examples.Add(changed);
            if (KeepsRows) rows.Add(Rows[i]);
        }
        (Examples, Rows) = (examples, rows);
    }
}
