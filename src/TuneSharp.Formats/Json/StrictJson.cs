using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;

namespace TuneSharp.Formats.Json;

/// <summary>
/// Reads JSON from outside with nothing left to chance: UTF-8 (a byte order mark is allowed), depth at most 64, no key twice,
/// no half surrogate, no number beyond a double. Errors give line and column and never repeat the file's text.
/// </summary>
public static class StrictJson
{
    private const int MaxDepth = 64;

    /// <summary>Reads a file whose top is an object.</summary>
    public static JsonObject ReadObject(string path, long maxBytes) => ParseObject(RegularFile.ReadAll(path, maxBytes), path);

    /// <summary>Parses a text whose top is an object.</summary>
    /// <param name="where">File or other source, for error messages.</param>
    public static JsonObject ParseObject(ReadOnlyMemory<byte> utf8, string where)
    {
        JsonNode? node = Parse(utf8, where);
        return node as JsonObject ?? throw new InvalidInputException("The JSON text must be an object: { \"key\": value, … }.", where, "Check that it is the file you meant.");
    }

    /// <summary>Parses any JSON text; null for the word null.</summary>
    public static JsonNode? Parse(ReadOnlyMemory<byte> utf8, string where)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!Utf8.IsValid(utf8.Span)) throw new InvalidInputException("The text is not valid UTF-8.", where, "Save it as UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            CheckValues(document.RootElement, where);
            return ToNode(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? $"line {line + 1}, column {e.BytePositionInLine + 1}" : "unknown place";
            throw new InvalidInputException($"The text is not valid JSON ({place}): {Reason(e)}.", where, "Correct it there, or download the file again.", e);
        }
    }

    private static JsonNode? ToNode(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(element),
        JsonValueKind.Array => JsonArray.Create(element),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(element),
    };

    private static void CheckValues(JsonElement element, string where)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    CheckText(() => property.Name, where);
                    CheckValues(property.Value, where);
                }
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) CheckValues(item, where);
                break;
            case JsonValueKind.String:
                CheckText(() => element.GetString()!, where);
                break;
            case JsonValueKind.Number when !element.TryGetDouble(out double number) || !double.IsFinite(number):
                throw new InvalidInputException($"The number {Quoted.Text(element.GetRawText())} is too large.", where, "Numbers must fit into 64-bit floating point.");
        }
    }

    private static void CheckText(Func<string> read, string where)
    {
        try { _ = read(); }
        catch (InvalidOperationException e)
        {
            throw new InvalidInputException("A text holds an escape (\\ud800 … \\udfff) that is only half a character.", where, "Correct or remove it.", e);
        }
    }

    // The runtime's messages end with "LineNumber: …", which stands in the sentence already.
    private static string Reason(JsonException e)
    {
        int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string text = end < 0 ? e.Message : e.Message[..end];
        end = text.IndexOf(" Path:", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.', ' ');
    }
}
