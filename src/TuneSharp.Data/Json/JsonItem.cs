using System.Text.Json.Nodes;

namespace TuneSharp.Data.Json;

internal enum JsonKind
{
    Null,
    False,
    True,
    Number,
    Text,
    List,
    Object,
}

/// <summary>A key of an object with the place of its first quote.</summary>
internal readonly record struct JsonMember(string Name, int NameStart, JsonItem Value);

/// <summary>
/// A value of a JSON text that remembers where it stood: <see cref="Start"/> is the byte offset in the parsed piece, so that a
/// complaint about a field can name its line and column.
/// </summary>
internal sealed class JsonItem(JsonKind kind, int start)
{
    public JsonKind Kind => kind;

    public int Start => start;

    /// <summary>The text of a string, or a number as it was written.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<JsonItem> Items { get; init; } = [];

    public IReadOnlyList<JsonMember> Members { get; init; } = [];

    /// <summary>What a person calls this kind of value.</summary>
    public string KindName => kind switch
    {
        JsonKind.Null => "null",
        JsonKind.False or JsonKind.True => "true or false",
        JsonKind.Number => "a number",
        JsonKind.Text => "a text",
        JsonKind.List => "a list",
        _ => "an object",
    };

    /// <summary>The value of a key; null when the key is absent. JSON's own null is an item of kind Null.</summary>
    public JsonItem? this[string name]
    {
        get
        {
            foreach (JsonMember member in Members)
                if (member.Name == name) return member.Value;
            return null;
        }
    }

    /// <summary>The first of several spellings that is there.</summary>
    public JsonMember? FirstOf(IEnumerable<string> names)
    {
        foreach (string name in names)
            foreach (JsonMember member in Members)
                if (member.Name == name) return member;
        return null;
    }

    /// <summary>The same value for code that works on System.Text.Json's tree; null for JSON's null.</summary>
    public JsonNode? ToNode() => kind switch
    {
        JsonKind.Null => null,
        JsonKind.False => JsonValue.Create(false),
        JsonKind.True => JsonValue.Create(true),
        JsonKind.Number => JsonNode.Parse(Text),
        JsonKind.Text => JsonValue.Create(Text),
        JsonKind.List => new JsonArray([.. Items.Select(item => item.ToNode())]),
        _ => new JsonObject(Members.Select(member => KeyValuePair.Create(member.Name, member.Value.ToNode()))),
    };
}
