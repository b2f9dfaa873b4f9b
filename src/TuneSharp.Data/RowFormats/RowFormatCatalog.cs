using TuneSharp.Data.Json;
using TuneSharp.Formats;

namespace TuneSharp.Data.RowFormats;

/// <summary>Every row format that can be read, in the order in which they are tried.</summary>
public static class RowFormatCatalog
{
    /// <summary>The setting that lets the rows decide.</summary>
    public const string Auto = "auto";

    internal static IReadOnlyList<IRowFormat> All { get; } =
    [
        new MessagesRows(),
        new ShareGptRows(),
        new PairRows(),
        new AlpacaRows(),
        new PromptCompletionRows(),
        new QuestionResponseRows(),
        new TextRows(),
    ];

    /// <summary>Name and keys of every format, for help texts.</summary>
    public static IReadOnlyList<(string Name, string Keys)> Descriptions => [.. All.Select(format => (format.Name, format.Keys))];

    /// <summary>The format of an object; null when no format knows it. Formats of the next kind of task are not in it.</summary>
    internal static (IRowFormat Format, string Reason)? Recognise(JsonItem row)
    {
        if (row.Kind != JsonKind.Object || KnownElsewhere.Recognise(row) is not null) return null;
        foreach (IRowFormat format in All)
            if (format.Recognise(row) is { } reason) return (format, reason);
        return null;
    }

    /// <summary>A format by its name or one of its aliases; null for <see cref="Auto"/>.</summary>
    /// <exception cref="InvalidInputException">No format is called so.</exception>
    internal static IRowFormat? Find(string name)
    {
        if (name == Auto) return null;
        foreach (IRowFormat format in All)
            if (format.Name == name || format.Aliases.Contains(name)) return format;
        throw new InvalidInputException($"There is no dataset format {Formats.Errors.Quoted.Text(name)}.", "format", $"Known: {Auto}, {string.Join(", ", All.Select(format => format.Name))}.");
    }
}
