using System.Globalization;

namespace TuneSharp.Data.Checking;

/// <summary>A <see cref="DatasetCheck"/> as lines of plain text, for a terminal or a log.</summary>
public static class DatasetCheckText
{
    private const int BarWidth = 30;

    /// <param name="check">The result.</param>
    /// <param name="context">The model's longest context in tokens, for the advice; null = not known.</param>
    /// <param name="problems">At most so many problems are listed; all are counted.</param>
    public static IEnumerable<string> Lines(DatasetCheck check, int? context = null, int problems = 20)
    {
        ArgumentNullException.ThrowIfNull(check);
        yield return $"file      {check.Path}";
        if (check.EncodingName.Length > 0) yield return $"encoding  {check.EncodingName}, {LayoutName(check.Layout)}";
        yield return check.Reason.Length > 0 ? $"format    {check.Format}: {check.Reason}" : $"format    {check.Format}";
        yield return $"rows      {check.Rows} usable" + (check.Duplicates > 0 ? $", {check.Duplicates} of them the same as an earlier one" : "");
        if (check.LearnedAnswers > 0) yield return $"answers   {check.LearnedAnswers} that are learned";
        if (check.Lengths.Count > 0)
        {
            LengthReport lengths = check.Lengths;
            yield return string.Create(CultureInfo.InvariantCulture, $"lengths   {lengths.Total} {check.LengthUnit} in all; a row has {lengths.Shortest} to {lengths.Longest}, on average {lengths.Mean:0.#}");
            yield return $"          half of the rows up to {lengths.Percentile(0.5)}, 90 % up to {lengths.Percentile(0.9)}, 95 % up to {lengths.Percentile(0.95)}, 99 % up to {lengths.Percentile(0.99)}";
            IReadOnlyList<(int UpTo, int Rows)> steps = lengths.Histogram();
            int most = steps.Max(step => step.Rows), width = steps[^1].UpTo.ToString(CultureInfo.InvariantCulture).Length;
            foreach ((int upTo, int rows) in steps)
                yield return $"          <= {upTo.ToString(CultureInfo.InvariantCulture).PadLeft(width)}  {new string('#', rows == 0 ? 0 : Math.Max(1, (int)((long)rows * BarWidth / most)))} {rows}".TrimEnd();
            if (check.LengthUnit == "tokens") yield return "advice    " + lengths.Advice(context);
        }
        if (check.Problems.Errors + check.Problems.Warnings == 0)
        {
            yield return "problems  none";
            yield break;
        }
        yield return $"problems  {check.Problems.Errors} errors, {check.Problems.Warnings} warnings";
        foreach (DataProblem problem in check.Problems.Kept.Take(problems))
            yield return $"  {(problem.Severity == ProblemSeverity.Error ? "error  " : "warning")} {problem}";
        long more = check.Problems.Errors + check.Problems.Warnings - Math.Min(problems, check.Problems.Kept.Count);
        if (more > 0) yield return $"  and {more} more";
    }

    private static string LayoutName(FileLayout? layout) => layout switch
    {
        FileLayout.JsonLines => "JSON lines (one object a line)",
        FileLayout.JsonList => "one JSON list",
        FileLayout.JsonObjects => "indented JSON objects, one after the other",
        FileLayout.WrappedList => "a JSON list inside an object",
        FileLayout.PlainText => "plain text",
        _ => "unknown layout",
    };
}
