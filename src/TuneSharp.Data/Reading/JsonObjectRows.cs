using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading;

/// <summary>Objects that follow one another without a list around them, each over as many lines as it likes.</summary>
internal static class JsonObjectRows
{
    public static IEnumerable<RawRow> Read(ByteSource source)
    {
        long number = 0;
        while (source.SkipWhiteSpace())
        {
            RawRow row = JsonListRows.NextValue(source, ++number);
            yield return row;
            source.Consume(row.Bytes.Length);
        }
    }

    /// <summary>The list of rows that sits under some key of a single object.</summary>
    public static IEnumerable<RawRow> ReadWrapped(ByteSource source)
    {
        source.SkipWhiteSpace();
        RawRow file = JsonListRows.NextValue(source, 1);
        JsonMember list = WrappedList(file.Reading.Value!)!.Value;
        long number = 0;
        foreach (JsonItem item in list.Value.Items)
        {
            var reading = new JsonReading { Value = item, End = file.Reading.End };
            yield return file with { Number = ++number, Reading = reading, Start = item.Start };
        }
        source.Consume(file.Bytes.Length);
        if (source.SkipWhiteSpace()) throw new UnreadableDatasetException(JsonListRows.Problem(source, "There is text after the end of the object.", "Remove it."));
    }

    /// <summary>The member that holds the rows if an object is a wrapper and not a row itself.</summary>
    public static JsonMember? WrappedList(JsonItem item)
    {
        if (item.Kind != JsonKind.Object || RowFormats.RowFormatCatalog.Recognise(item) is not null) return null;
        foreach (JsonMember member in item.Members)
            if (member.Value is { Kind: JsonKind.List, Items: { Count: > 0 } items } && items.All(i => i.Kind == JsonKind.Object)) return member;
        return null;
    }
}
