namespace TuneSharp.Data;

/// <summary>A whole file cannot be read: nothing of it may be used. <see cref="Details"/> has the place.</summary>
public sealed class UnreadableDatasetException(DataProblem details, Exception? inner = null)
    : Formats.InvalidInputException(details.Why, details.Where, details.Fix, inner)
{
    public DataProblem Details => details;
}
