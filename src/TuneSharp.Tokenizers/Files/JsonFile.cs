using System.Text.Json;
using TuneSharp.Formats;

namespace TuneSharp.Tokenizers.Files;

/// <summary>Reads JSON files from outside: regular files of a bounded size, UTF-8, at most 64 levels deep.</summary>
internal static class JsonFile
{
    /// <summary>The largest known tokenizer.json has 35 MB.</summary>
    public const long LargestBytes = 512L << 20;

    public static byte[] ReadBytes(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException("The file does not exist.", path, "Check the path.");
        if ((file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) != 0)
            throw new InvalidInputException("This is not a regular file.", path, "Name the file itself.");
        if (file.Length > LargestBytes)
            throw new InvalidInputException($"The file has {file.Length} bytes; at most {LargestBytes} are read.", path, "This cannot be a tokenizer file; check the path.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"The file cannot be read: {e.Message}", path, "Check the permissions.", e);
        }
    }

    /// <summary>Parses JSON. The caller disposes the document.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string where)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span))
            throw new InvalidInputException("The file is not valid UTF-8 text.", where, "Get the file again, or save it as UTF-8.");
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
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
