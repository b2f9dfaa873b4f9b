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
