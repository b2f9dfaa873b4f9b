using System.Text;
using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Tokenizers.ChatTemplates;

/// <summary>Where the ecosystem keeps chat templates: <c>chat_template.jinja</c>, else <c>chat_template</c> in <c>tokenizer_config.json</c>; in a GGUF file its metadata.</summary>
internal static class ChatTemplateFiles
{
    private const int MaxTemplateBytes = 1 << 20;
    private const int MaxConfigBytes = 64 << 20;
    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The template's text and the file that holds it; null when the folder has none.</summary>
    public static (string Source, string Where)? Find(string folder, string? name)
    {
        if (!Directory.Exists(folder) && GgufFile.IsGguf(folder)) return FromGguf(folder, name ?? "default");
        string own = Path.Combine(folder, name is null or "default" ? "chat_template.jinja" : Path.Combine("additional_chat_templates", CheckName(name) + ".jinja"));
        if (File.Exists(own)) return (Read(own, MaxTemplateBytes), own);
        string config = Path.Combine(folder, "tokenizer_config.json");
        (string Source, string Where)? found = File.Exists(config) ? FromConfig(Read(config, MaxConfigBytes), config, name ?? "default") : null;
        return found ?? (GgufFile.In(folder) is { } gguf ? FromGguf(gguf, name ?? "default") : null);
    }

    /// <summary>Further templates of a GGUF file have a name of their own: <c>tokenizer.chat_template.tool_use</c>.</summary>
    private static (string Source, string Where)? FromGguf(string path, string name)
    {
        using GgufFile file = GgufFile.Open(path);
        string key = name == "default" ? "tokenizer.chat_template" : "tokenizer.chat_template." + CheckName(name);
        return file.Metadata.GetText(key) is { } source ? (source, $"{path}: {key}") : null;
    }

    private static (string Source, string Where)? FromConfig(string json, string where, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json.TrimStart('\uFEFF'));
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("chat_template", out JsonElement entry)) return null;
            if (entry.ValueKind == JsonValueKind.Null) return null;
            if (entry.ValueKind == JsonValueKind.String) return name == "default" ? (entry.GetString()!, where) : null;
            if (entry.ValueKind != JsonValueKind.Array) throw Unreadable(where);
            foreach (JsonElement named in entry.EnumerateArray())
            {
                if (named.ValueKind != JsonValueKind.Object || !named.TryGetProperty("name", out JsonElement itsName) || !named.TryGetProperty("template", out JsonElement text)
                    || itsName.ValueKind != JsonValueKind.String || text.ValueKind != JsonValueKind.String) throw Unreadable(where);
                if (itsName.GetString() == name) return (text.GetString()!, where);
            }
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidInputException("The file is not valid JSON: " + e.Message, where, "Fetch the file again.", e);
        }
    }

    private static InvalidInputException Unreadable(string where) => new(
        "The field chat_template is neither text nor a list of templates with name and template.", where, "Put the template into chat_template.jinja beside it.");

    private static string CheckName(string name)
    {
        if (name.Length is > 0 and <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return name;
        throw new InvalidInputException($"'{name}' is no name of a chat template: letters, digits, - and _ are allowed.");
    }

    private static string Read(string path, int maxBytes)
    {
        var info = new FileInfo(path);
        if (info.Length > maxBytes) throw new InvalidInputException($"The file has {info.Length} bytes; the limit is {maxBytes}.", path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            byte[] bytes = new byte[info.Length];
            stream.ReadExactly(bytes);
            return s_strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidInputException("The file is not valid UTF-8.", path, "Save it as UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException("The file cannot be read: " + e.Message, path, inner: e);
        }
    }
}
