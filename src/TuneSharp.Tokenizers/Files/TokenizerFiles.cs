using TuneSharp.Formats;
using TuneSharp.Formats.Files;

namespace TuneSharp.Tokenizers.Files;

/// <summary>The files of a tokenizer as they were read: they are saved again byte for byte.</summary>
internal sealed record TokenizerFiles
{
    public const string TokenizerJsonName = "tokenizer.json";
    public const string ConfigName = "tokenizer_config.json";
    public const string SpecialTokensMapName = "special_tokens_map.json";
    public const string ChatTemplateName = "chat_template.jinja";

    /// <summary>Where the tokenizer came from, for error messages.</summary>
    public required string Where { get; init; }

    public required byte[] TokenizerJson { get; init; }

    public byte[]? Config { get; init; }

    public byte[]? SpecialTokensMap { get; init; }

    public byte[]? ChatTemplate { get; init; }

    public static TokenizerFiles Read(string path)
    {
        string file = Directory.Exists(path) ? Path.Combine(path, TokenizerJsonName) : path;
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        bool split = !File.Exists(file) && Directory.Exists(path) && VocabularyAndMerges.AreIn(path);
        if (!split && !File.Exists(file))
            throw new InvalidInputException("There is no tokenizer.json.", path, "Name a model folder that holds a tokenizer.json (or vocab.json and merges.txt), or the file itself.");
        return new TokenizerFiles
        {
            Where = split ? Path.Combine(path, VocabularyAndMerges.VocabularyName) : file,
            TokenizerJson = split ? VocabularyAndMerges.ToTokenizerJson(path) : JsonFile.ReadBytes(file),
            Config = ReadOptional(folder, ConfigName),
            SpecialTokensMap = ReadOptional(folder, SpecialTokensMapName),
            ChatTemplate = ReadOptional(folder, ChatTemplateName),
        };
    }

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteOptional(folder, TokenizerJsonName, TokenizerJson);
        WriteOptional(folder, ConfigName, Config);
        WriteOptional(folder, SpecialTokensMapName, SpecialTokensMap);
        WriteOptional(folder, ChatTemplateName, ChatTemplate);
    }

    private static byte[]? ReadOptional(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.ReadBytes(path) : null;
    }

    private static void WriteOptional(string folder, string name, byte[]? content)
    {
        if (content is null) return;
        AtomicFile.Write(Path.Combine(folder, name), stream => stream.Write(content));
    }
}
