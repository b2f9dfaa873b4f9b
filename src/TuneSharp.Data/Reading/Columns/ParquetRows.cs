using Parquet;
using Parquet.Serialization;
using TuneSharp.Data.Json;
using TuneSharp.Data.Reading.Tables;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Reading.Columns;

/// <summary>Apache Parquet: one row group in memory at a time. Lists and structures (columns of messages) become what they are in JSON.</summary>
internal static class ParquetRows
{
    /// <exception cref="UnreadableDatasetException">It is no Parquet file.</exception>
    public static void Check(string path) => Describe(path);

    public static IEnumerable<RawRow> Read(string path)
    {
        (int groups, IReadOnlyList<string> columns) = Describe(path);
        long number = 0;
        for (int g = 0; g < groups; g++)
        {
            foreach (Dictionary<string, object> row in Group(path, g))
                yield return RawRow.WithoutText(++number, 0, new JsonReading { Value = Guarded(path, () => Row(row, columns)) });
        }
    }

    // The library leaves cells without a value out of a row; they are there all the same.
    private static JsonItem Row(Dictionary<string, object> row, IReadOnlyList<string> columns) =>
        new(JsonKind.Object, 0) { Members = [.. columns.Select(column => new JsonMember(column, 0, Cell.FromValue(row.GetValueOrDefault(column))))] };

    private static (int RowGroups, IReadOnlyList<string> Columns) Describe(string path) => Guarded(path, () =>
    {
        using FileStream file = RegularFile.OpenStream(path);
        ParquetReader reader = ParquetReader.CreateAsync(file, Options(), leaveStreamOpen: true).GetAwaiter().GetResult();
        (int, IReadOnlyList<string>) found = (reader.RowGroupCount, [.. reader.Schema.Fields.Select(field => field.Name)]);
        reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return found;
    });

    private static IReadOnlyList<Dictionary<string, object>> Group(string path, int group) => Guarded(path, () =>
    {
        using FileStream file = RegularFile.OpenStream(path);
        return (IReadOnlyList<Dictionary<string, object>>)[.. ParquetSerializer.DeserializeUntypedAsync(file, Options(), group).GetAwaiter().GetResult().Data];
    });

    private static ParquetOptions Options() => new();

    // The library says what is wrong with a damaged file by whatever exception its arithmetic ends in.
    private static T Guarded<T>(string path, Func<T> read)
    {
        try { return read(); }
        catch (Exception e) when (e is not Formats.InvalidInputException)
        {
            throw new UnreadableDatasetException(new DataProblem(ProblemSeverity.Error, ProblemKind.Unreadable, $"The file is no Parquet file, or it is damaged: {e.Message.TrimEnd('.')}.", "Write it again, or as JSON lines.") { File = path }, e);
        }
    }
}
