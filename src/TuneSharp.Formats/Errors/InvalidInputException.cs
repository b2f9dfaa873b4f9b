namespace TuneSharp.Formats;

/// <summary>
/// Something that a person gave (a file, a setting, a name) cannot be used. The text is written for that person and is
/// shown as it stands; a stack trace never is. Everything else that is thrown is a defect of the program.
/// </summary>
public class InvalidInputException : Exception
{
    /// <param name="problem">What is wrong and, where there is one, the limit: one sentence with its full stop.</param>
    /// <param name="where">File, line, column, row or field; null if the sentence says it.</param>
    /// <param name="nextStep">What to do now: one sentence with its full stop; null if it is obvious.</param>
    public InvalidInputException(string problem, string? where = null, string? nextStep = null, Exception? inner = null)
        : base(string.Join(' ', new[] { where is null ? null : where + ":", problem, nextStep }.Where(part => part is not null)), inner)
    {
        Problem = problem;
        Where = where;
        NextStep = nextStep;
    }

    public string Problem { get; }

    public string? Where { get; }

    public string? NextStep { get; }
}
