using TuneSharp.Data.Json;
using TuneSharp.Formats;

namespace TuneSharp.Data.RowFormats;

/// <summary>Every row format that can be read, in the order in which they are tried: rows for other kinds of training first, so that they are never mistaken for answers.</summary>
public static class RowFormatCatalog
{
    /// <summary>The setting that lets the rows decide.</summary>
    public const string Auto = "auto";

    internal static IReadOnlyList<IRowFormat> All { get; } =
    [
        new PreferenceRows(),
        new RatedRows(),
        new LabelledRows(),
        new MessagesRows(),
        new ShareGptRows(),
        new PairRows(),
        new AlpacaRows(),
        new PromptCompletionRows(),
        new QuestionResponseRows(),
        new TextRows(),
    ];

    /// <summary>Those that answers or texts are learned from.</summary>
    internal static IEnumerable<IRowFormat> Trainable => All.Where(format => format.OtherTask is null);

    /// <summary>Name and keys of every format, for help texts.</summary>
    public static IReadOnlyList<(string Name, string Keys)> Descriptions => [.. All.Select(format => (format.Name, format.Keys))];

    /// <summary>The format of an object; null when no format knows it.</summary>
    internal static (IRowFormat Format, string Reason)? Recognise(JsonItem row)
    {
        if (row.Kind != JsonKind.Object) return null;
        foreach (IRowFormat format in All)
            if (format.Recognise(row) is { } reason) return (format, reason);
        return null;
    }

    /// <summary>The format of a table with these columns.</summary>
    internal static (IRowFormat Format, string Reason)? Recognise(IReadOnlyList<string> columns) =>
        Recognise(new JsonItem(JsonKind.Object, 0) { Members = [.. columns.Select(column => new JsonMember(column, 0, new JsonItem(JsonKind.Text, 0)))] });

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
