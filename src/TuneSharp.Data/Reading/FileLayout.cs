namespace TuneSharp.Data;

/// <summary>How the rows lie in a file.</summary>
public enum FileLayout
{
    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>One JSON list of objects.</summary>
    JsonList,

    /// <summary>Objects one after the other, each over several lines.</summary>
    JsonObjects,

    /// <summary>One object that holds the list of rows under some key.</summary>
    WrappedList,

    /// <summary>A table as text: CSV, TSV.</summary>
    Table,

    /// <summary>A spreadsheet: the first sheet of an .xlsx file.</summary>
    Sheet,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Apache Arrow, as a file or as a stream.</summary>
    Arrow,

    /// <summary>Plain text: no rows, documents.</summary>
    PlainText,
}
