using TuneSharp.Data.Json;

namespace TuneSharp.Data.RowFormats;

/// <summary>A shape in which rows come: how to recognise it and how to read it.</summary>
internal interface IRowFormat
{
    /// <summary>Its name in settings, reports and problems.</summary>
    string Name { get; }

    /// <summary>Other names under which people know it.</summary>
    IReadOnlyList<string> Aliases { get; }

    /// <summary>The keys, as a person would write them down: <c>instruction, input?, output</c>.</summary>
    string Keys { get; }

    /// <summary>A row of this format, as JSON.</summary>
    string Example { get; }

    /// <summary>The kind of training that such rows are for, when it is not fine-tuning on answers and texts: they are read and checked, not trained on.</summary>
    string? OtherTask => null;

    /// <summary>Whether the format reads this column; every other one means nothing to it.</summary>
    bool Uses(string column);

    /// <summary>Why an object is a row of this format; null when it is none. Looks at keys, not at contents.</summary>
    string? Recognise(JsonItem row);

    /// <summary>The row in canonical form; null after an error was reported to <paramref name="context"/>.</summary>
    DatasetRow? Read(JsonItem row, RowContext context);
}
