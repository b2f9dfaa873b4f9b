using TuneSharp.Data.Prompts;
using TuneSharp.Data.Reading;
using TuneSharp.Data.RowFormats;
using TuneSharp.Formats;

namespace TuneSharp.Data;

/// <summary>How the rows of a file are to be read: the part of the settings that <see cref="DatasetReader"/> needs.</summary>
public sealed record RowReading
{
    /// <summary>"auto", or a name from <see cref="RowFormatCatalog"/>.</summary>
    public string Format { get; init; } = RowFormatCatalog.Auto;

    /// <summary>A prompt of the person's own with {column} in it; null = the format decides.</summary>
    public string? PromptFormat { get; init; }

    /// <summary>The column that is learned, with <see cref="PromptFormat"/>.</summary>
    public string? AnswerColumn { get; init; }

    /// <summary>The column of plain texts; null = "text".</summary>
    public string? TextColumn { get; init; }

    /// <summary>"auto", or the name of an encoding.</summary>
    public string Encoding { get; init; } = TextEncodings.Auto;

    /// <summary>A prompt format file that makes whole texts of the rows; null = the format decides.</summary>
    public PromptFormatFile? Keyed { get; init; }

    /// <summary>Of plain texts and whole texts only what follows this is learned.</summary>
    public string? TrainOnlyAfter { get; init; }

    /// <summary>Rows keep the columns that their format has no use for (<see cref="DatasetRow.OtherColumns"/>).</summary>
    public bool KeepOtherColumns { get; init; }

    /// <summary>The rows are for a classifier, with these columns; null: they are conversations or texts.</summary>
    public LabelColumns? Labelled { get; init; }

    public static RowReading From(DataSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RowReading
        {
            Format = settings.Format,
            PromptFormat = settings.PromptFormat,
            AnswerColumn = settings.AnswerColumn,
            TextColumn = settings.TextColumn,
            Encoding = settings.Encoding,
            Keyed = PromptTemplate.Resolve(settings.Template)?.Keyed,
            TrainOnlyAfter = WithLineBreaks(settings.TrainOnlyAfter),
            Labelled = settings.Task == TrainingTask.Classification ? new LabelColumns(settings.TextColumn, settings.TextPairColumn, settings.LabelColumn, settings.LabelSeparator) : null,
        };
    }

    /// <summary>The mapping of columns; null when the format decides.</summary>
    /// <exception cref="InvalidInputException">Only one half of it is given, or it names no columns.</exception>
    public ColumnMapping? Mapping()
    {
        if (PromptFormat is null && AnswerColumn is null) return null;
        if (AnswerColumn is null) throw new InvalidInputException("prompt_format is given without answer_column.", "answer_column", "Name the column that holds the answer.");
        if (PromptFormat is null) throw new InvalidInputException("answer_column is given without prompt_format.", "prompt_format", "Write the prompt with columns in braces, for example \"{question}\".");
        if (Format is not (RowFormatCatalog.Auto or "columns")) throw new InvalidInputException($"format is {Format}, and prompt_format says what the columns are.", "format", "Give one of the two.");
        return ColumnMapping.Parse(PromptFormat, AnswerColumn);
    }

    /// <summary>The format that the settings fix; null = the rows decide.</summary>
    internal IRowFormat? GivenFormat()
    {
        if (Labelled is { } columns) return new LabelledRows(columns);
        if (Mapping() is { } mapping) return Keyed is null ? new MappedRows(mapping) : throw new InvalidInputException("prompt_format and a prompt format file (template) both say how rows are written.", "prompt_format", "Give one of the two.");
        if (Keyed is { } keyed) return new KeyedRows(keyed, TrainOnlyAfter);
        IRowFormat? given = RowFormatCatalog.Find(Format);
        if (TextColumn is null) return given;
        if (given is not null and not TextRows) throw new InvalidInputException($"format is {Format}, and text_column names a column of plain texts.", "text_column", "Give one of the two.");
        return given ?? new TextRows();
    }

    /// <summary>A text of the command line, which cannot hold line breaks easily: where it has none, \n stands for one.</summary>
    internal static string? WithLineBreaks(string? text) => text is null || text.Contains('\n') ? text : text.Replace("\\n", "\n", StringComparison.Ordinal);
}
