namespace TuneSharp.Data.Splitting;

/// <summary>The side of a split on which a row lies.</summary>
public enum SplitPart : byte
{
    Train,
    Validation,
    Test,
}

/// <summary>The side of every row, by its number in the file (from 0).</summary>
/// <param name="Notes">What the person should know: groups that could not be kept together, parts that stayed small.</param>
public sealed record SplitPlan(IReadOnlyList<SplitPart> Parts, IReadOnlyList<string> Notes);

/// <summary>Rows that are trained on, and rows that are kept aside. Each part keeps the order of the file.</summary>
/// <param name="Notes">What the person should know: groups that could not be kept together, parts that stayed small.</param>
public sealed record DatasetSplit(IReadOnlyList<DatasetRow> Train, IReadOnlyList<DatasetRow> Validation, IReadOnlyList<DatasetRow> Test, IReadOnlyList<string> Notes);
