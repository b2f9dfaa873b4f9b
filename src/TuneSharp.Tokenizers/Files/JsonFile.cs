using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads JSON files from outside: regular files of a bounded size, UTF-8, at most 64 levels deep.</summary>
internal static class JsonFile
{
    /// <summary>The largest known tokenizer.json has 35 MB.</summary>
    public const long LargestBytes = 512L << 20;

    public static byte[] ReadBytes(string path) => RegularFile.ReadAll(path, LargestBytes);

    /// <summary>Parses JSON. The caller disposes the document.</summary>
    /// <param name="allowDuplicates">Leaves it to the caller to look for keys that stand twice (large vocabularies).</param>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string where, bool allowDuplicates = false)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
            throw new InvalidInputException("The file is not valid UTF-8 text.", where, "Get the file again, or save it as UTF-8.");
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = allowDuplicates });
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? $"{where}, line {line + 1}, byte {(e.BytePositionInLine ?? 0) + 1}" : where;
            int cut = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string reason = cut < 0 ? e.Message : e.Message[..cut];
            throw new InvalidInputException($"The file is not valid JSON: {reason}", place, "The file is damaged or incomplete; get it again.", e);
        }
    }
}
