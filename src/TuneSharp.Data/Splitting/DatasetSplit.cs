namespace TuneSharp.Data.Splitting;

/// <summary>Rows that are trained on, and rows that are kept aside. Each part keeps the order of the file.</summary>
/// <param name="Notes">What the person should know: groups that could not be kept together, parts that stayed empty.</param>
public sealed record DatasetSplit(IReadOnlyList<DatasetRow> Train, IReadOnlyList<DatasetRow> Validation, IReadOnlyList<DatasetRow> Test, IReadOnlyList<string> Notes);
