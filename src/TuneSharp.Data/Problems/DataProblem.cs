using System.Text;

namespace TuneSharp.Data;

/// <summary>Whether a row (or file) can be used in spite of the problem.</summary>
public enum ProblemSeverity
{
    /// <summary>Usable; the person should know.</summary>
    Warning,

    /// <summary>That row, or the file if no row is named, cannot be used.</summary>
    Error,
}

/// <summary>
/// One thing that is wrong with a dataset, with its place: rows, lines and columns count from 1, columns in Unicode code
/// points, lines as an editor shows them (blank ones count).
/// </summary>
/// <param name="Kind">One of <see cref="ProblemKind"/>: for programs; people read <paramref name="Why"/>.</param>
/// <param name="Why">What is wrong: one sentence with its full stop.</param>
/// <param name="Fix">What to do: one sentence with its full stop; null if the reason says it.</param>
public sealed record DataProblem(ProblemSeverity Severity, string Kind, string Why, string? Fix = null)
{
    /// <summary>Path of the file as it was given.</summary>
    public string? File { get; init; }

    /// <summary>Number of the data row in its file.</summary>
    public long? Row { get; init; }

    /// <summary>Null or 0 in a file without lines (Parquet, Arrow).</summary>
    public long? Line { get; init; }

    public int? Column { get; init; }

    /// <summary>Path of the field inside the row, as in <c>messages[1].content</c>.</summary>
    public string? Field { get; init; }

    /// <summary>File, row, line, column and field, as far as they are known: "train.jsonl, row 2, line 2, column 90".</summary>
    public string Where
    {
        get
        {
            var where = new StringBuilder(File is null ? "" : Path.GetFileName(File));
            Append("row", Row?.ToString());
            Append("line", Line is 0 ? null : Line?.ToString());
            Append("column", Column?.ToString());
            Append("field", Field);
            return where.ToString();

            void Append(string what, string? value)
            {
                if (value is null) return;
                if (where.Length > 0) where.Append(", ");
                where.Append(what).Append(' ').Append(value);
            }
        }
    }

    public override string ToString() => $"{Where}: {Why}{(Fix is null ? "" : " " + Fix)}";

    /// <summary>The exception that stops the work because of this problem.</summary>
    public Formats.InvalidInputException ToException() => new(Why, Where, Fix);
}
