using System.Collections;
using System.Globalization;
using System.Text;
using TuneSharp.Data.Json;

namespace TuneSharp.Data.Reading.Tables;

/// <summary>Values of tables and column files as the tree that row formats read.</summary>
internal static class Cell
{
    private const int MaxDepth = JsonParser.MaxDepth;

    // Columns that hold a list or an object in every other kind of file: in a table it stands there as JSON text.
    private static readonly HashSet<string> s_nested = new(StringComparer.Ordinal)
    {
        "messages", "conversations", "conversation", "history", "chosen", "rejected", "preferred_output", "non_preferred_output",
        "preferred_completion", "non_preferred_completion", "chosen_messages", "rejected_messages",
    };

    /// <param name="column">Name of the column.</param>
    /// <param name="text">The cell.</param>
    /// <param name="start">Where the cell begins, for problems.</param>
    public static JsonItem FromText(string column, string text, int start)
    {
        if (s_nested.Contains(column) && text.AsSpan().TrimStart() is ['[' or '{', ..] && JsonParser.ParseAlone(Encoding.UTF8.GetBytes(text)) is { Value: { } value, Fault: null }
            && value is { Kind: JsonKind.Object } or { Kind: JsonKind.List, Items: [{ Kind: JsonKind.Object or JsonKind.List }, ..] }) return Moved(value, start);
        return new JsonItem(JsonKind.Text, start) { Text = text };
    }

    /// <summary>A value of a column file: texts, numbers, lists (<see cref="IEnumerable"/>), structures (dictionaries with text keys).</summary>
    /// <exception cref="InvalidDataException">Values are nested too deep.</exception>
    public static JsonItem FromValue(object? value, int depth = 0) => depth > MaxDepth ? throw new InvalidDataException($"Values are nested more than {MaxDepth} deep.") : value switch
    {
        null or double.NaN or double.PositiveInfinity or double.NegativeInfinity or float.NaN or float.PositiveInfinity or float.NegativeInfinity => new JsonItem(JsonKind.Null, 0),
        string text => new JsonItem(JsonKind.Text, 0) { Text = text },
        bool flag => new JsonItem(flag ? JsonKind.True : JsonKind.False, 0),
        double or float => new JsonItem(JsonKind.Number, 0) { Text = ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture) },
        sbyte or byte or short or ushort or int or uint or long or ulong or decimal => new JsonItem(JsonKind.Number, 0) { Text = ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture) },
        DateTime or DateTimeOffset => new JsonItem(JsonKind.Text, 0) { Text = ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture) },
        byte[] bytes => new JsonItem(JsonKind.Text, 0) { Text = Convert.ToBase64String(bytes) },
        IDictionary members => new JsonItem(JsonKind.Object, 0) { Members = [.. members.Keys.Cast<object>().Select(key => new JsonMember(key.ToString() ?? "", 0, FromValue(members[key], depth + 1)))] },
        IEnumerable items => new JsonItem(JsonKind.List, 0) { Items = [.. items.Cast<object?>().Select(item => FromValue(item, depth + 1))] },
        IFormattable other => new JsonItem(JsonKind.Text, 0) { Text = other.ToString(null, CultureInfo.InvariantCulture) },
        _ => new JsonItem(JsonKind.Text, 0) { Text = value.ToString() ?? "" },
    };

    // The JSON inside a cell was unquoted before it was parsed: its offsets mean nothing in the file, the cell's does.
    private static JsonItem Moved(JsonItem item, int start) => new(item.Kind, start)
    {
        Text = item.Text,
        Items = [.. item.Items.Select(inner => Moved(inner, start))],
        Members = [.. item.Members.Select(member => new JsonMember(member.Name, start, Moved(member.Value, start)))],
    };
}
