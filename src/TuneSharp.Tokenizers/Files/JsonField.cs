using System.Text.Json;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Files;

/// <summary>A value of a JSON file together with the place it stands at; every wrong type becomes an error with that place.</summary>
internal readonly record struct JsonField(JsonElement Value, string Where)
{
    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsObject => Value.ValueKind == JsonValueKind.Object;

    public bool IsArray => Value.ValueKind == JsonValueKind.Array;

    /// <summary>The field; a null field when it is absent.</summary>
    public JsonField this[string name]
    {
        get
        {
            if (!IsObject) throw Wrong("an object");
            return new JsonField(Value.TryGetProperty(name, out JsonElement value) ? value : default, $"{Where}.{name}");
        }
    }

    public string Text()
    {
        if (Value.ValueKind != JsonValueKind.String) throw Wrong("a text");
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException e) // a lone surrogate as \ud800
        {
            throw new InvalidInputException("The text is not valid Unicode.", Where, "Correct the file or get it again.", e);
        }
    }

    /// <summary>The name of a property; half a surrogate pair in it is an error.</summary>
    public static string NameOf(JsonProperty property, string where)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidInputException("A field's name is not valid Unicode.", where, "Correct the file or get it again.", e);
        }
    }

    /// <summary>A text of a component's setting: these are signs and short words.</summary>
    public string ShortText(int longest = 256)
    {
        string text = Text();
        return text.Length <= longest
            ? text
            : throw new InvalidInputException($"The text has {text.Length} characters; at most {longest} are allowed here.", Where, "Correct the file or get it again.");
    }

    /// <summary>The steps of a sequence.</summary>
    public IEnumerable<JsonField> Steps()
    {
        const int Most = 100;
        if (IsArray && Value.GetArrayLength() > Most)
            throw new InvalidInputException($"The list has {Value.GetArrayLength()} steps; at most {Most} are allowed.", Where, "Correct the file or get it again.");
        return Items();
    }

    public string? TextOrNull() => IsNull ? null : Text();

    public bool Flag(bool absent) => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => absent,
        _ => throw Wrong("true or false"),
    };

    public bool? FlagOrNull() => IsNull ? null : Flag(false);

    /// <summary>A whole number from <paramref name="minimum"/> to <paramref name="maximum"/>.</summary>
    public int Whole(int minimum, int maximum)
    {
        if (Value.ValueKind != JsonValueKind.Number) throw Wrong("a whole number");
        if (!Value.TryGetInt64(out long number) || number < minimum || number > maximum)
            throw new InvalidInputException($"The number {Value.GetRawText()} is not a whole number from {minimum} to {maximum}.", Where, "Correct the file or get it again.");
        return (int)number;
    }

    public int Whole(int minimum, int maximum, int absent) => IsNull ? absent : Whole(minimum, maximum);

    public IEnumerable<JsonField> Items()
    {
        if (!IsArray) throw Wrong("a list");
        return Enumerate(this);

        static IEnumerable<JsonField> Enumerate(JsonField list)
        {
            int index = 0;
            foreach (JsonElement item in list.Value.EnumerateArray()) yield return new JsonField(item, $"{list.Where}[{index++}]");
        }
    }

    public InvalidInputException Wrong(string expected)
    {
        string found = Value.ValueKind switch
        {
            JsonValueKind.Undefined => "it is missing",
            JsonValueKind.Null => "it is null",
            JsonValueKind.Object => "it is an object",
            JsonValueKind.Array => "it is a list",
            JsonValueKind.String => "it is a text",
            JsonValueKind.Number => "it is a number",
            _ => "it is true or false",
        };
        return new InvalidInputException($"The value must be {expected}; {found}.", Where, "Correct the file or get it again.");
    }
}
