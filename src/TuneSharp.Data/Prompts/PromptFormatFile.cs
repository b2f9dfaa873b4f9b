using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;

namespace TuneSharp.Data.Prompts;

/// <summary>
/// text-generation-webui's training formats: a JSON object whose keys are sets of field names ("instruction,input,output") and whose
/// values are texts with <c>%field%</c> in them. A row is written with the first key that names exactly its non-blank text fields.
/// </summary>
public sealed class PromptFormatFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly Lazy<Dictionary<string, PromptFormatFile>> s_shipped = new(LoadShipped);

    private readonly (string[] Fields, string Text)[] _formats;

    private PromptFormatFile(string name, (string[] Fields, string Text)[] formats)
    {
        (Name, _formats) = (name, formats);
    }

    public string Name { get; }

    /// <summary>The keys as they stand in the file.</summary>
    public IReadOnlyList<string> Keys => [.. _formats.Select(format => string.Join(',', format.Fields))];

    /// <summary>Names of the formats that come with the program: the five that text-generation-webui shipped.</summary>
    public static IReadOnlyList<string> ShippedNames => [.. s_shipped.Value.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A format that comes with the program; null when there is none of this name.</summary>
    public static PromptFormatFile? Shipped(string name) => s_shipped.Value.GetValueOrDefault(name);

    /// <exception cref="InvalidInputException">It is no such file.</exception>
    public static PromptFormatFile Load(string path)
    {
        byte[] bytes = RegularFile.ReadAll(path, MaxBytes);
        ReadOnlySpan<byte> text = bytes.AsSpan();
        if (text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) text = text[3..];
        return Parse(Encoding.UTF8.GetString(text), path);
    }

    /// <param name="json">The file's text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InvalidInputException">It is no object of texts, or a placeholder is no field of its key.</exception>
    public static PromptFormatFile Parse(string json, string name)
    {
        JsonObject? root;
        try { root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 4 }) as JsonObject; }
        catch (JsonException e) { throw Wrong(name, $"The file is not JSON: {e.Message.TrimEnd('.')}.", e); }
        if (root is null or { Count: 0 }) throw Wrong(name, "A prompt format file is a JSON object with at least one key.");
        var formats = new List<(string[], string)>();
        foreach ((string key, JsonNode? value) in root)
        {
            if (value is not JsonValue text || text.GetValueKind() != JsonValueKind.String) throw Wrong(name, $"The value of {Quoted.Text(key)} is no text.");
            formats.Add(([.. key.Split(',', StringSplitOptions.TrimEntries)], text.GetValue<string>()));
        }
        return new PromptFormatFile(name, [.. formats]);
    }

    /// <summary>The text of a row; null when no key names exactly these fields.</summary>
    /// <param name="fields">The row's text fields in their order; blank ones do not count.</param>
    public string? Render(IReadOnlyDictionary<string, string> fields)
    {
        string[] present = [.. fields.Where(field => !string.IsNullOrWhiteSpace(field.Value)).Select(field => field.Key)];
        foreach ((string[] names, string text) in _formats)
            if (names.Length == present.Length && names.All(present.Contains)) return Fill(text, fields);
        return null;
    }

    // One field after the other, in the order of the row, as that program does: a text that holds "%output%" itself is filled in too.
    private static string Fill(string text, IReadOnlyDictionary<string, string> fields)
    {
        foreach ((string name, string value) in fields) text = text.Replace($"%{name}%", value, StringComparison.Ordinal);
        return text;
    }

    private static Dictionary<string, PromptFormatFile> LoadShipped()
    {
        using Stream stream = typeof(PromptFormatFile).Assembly.GetManifestResourceStream("prompt-formats.json")!;
        var root = (JsonObject)JsonNode.Parse(stream)!;
        return root.ToDictionary(pair => pair.Key, pair => Parse(pair.Value!.ToJsonString(), pair.Key), StringComparer.Ordinal);
    }

    private static InvalidInputException Wrong(string name, string why, Exception? inner = null) =>
        new(why, name, "Write {\"instruction,output\": \"… %instruction% … %output%\"}.", inner);
}
