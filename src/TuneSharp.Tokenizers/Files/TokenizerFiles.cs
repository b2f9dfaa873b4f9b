using TuneSharp.Formats;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;

namespace TuneSharp.Tokenizers.Files;

/// <summary>The files of a tokenizer as they were read: they are saved again byte for byte.</summary>
internal sealed record TokenizerFiles
{
    public const string TokenizerJsonName = "tokenizer.json";
    public const string SentencePieceName = "tokenizer.model";
    public const string AddedTokensName = "added_tokens.json";
    public const string ConfigName = "tokenizer_config.json";
    public const string SpecialTokensMapName = "special_tokens_map.json";
    public const string ChatTemplateName = "chat_template.jinja";

    /// <summary>Where the tokenizer came from, for error messages.</summary>
    public required string Where { get; init; }

    /// <summary>Null where <see cref="SentencePiece"/> stands in its place.</summary>
    public byte[]? TokenizerJson { get; init; }

    /// <summary>tokenizer.model.</summary>
    public byte[]? SentencePiece { get; init; }

    /// <summary>added_tokens.json, which only counts beside a tokenizer.model.</summary>
    public byte[]? AddedTokens { get; init; }

    public byte[]? Config { get; init; }

    public byte[]? SpecialTokensMap { get; init; }

    public byte[]? ChatTemplate { get; init; }

    public static TokenizerFiles Read(string path)
    {
        if (!Directory.Exists(path)) return ReadFile(path);
        string json = Path.Combine(path, TokenizerJsonName), model = Path.Combine(path, SentencePieceName);
        if (File.Exists(json)) return ReadFile(json);
        if (File.Exists(model)) return ReadFile(model);
        if (VocabularyAndMerges.AreIn(path)) return Beside(Path.Combine(path, VocabularyAndMerges.VocabularyName)) with { TokenizerJson = VocabularyAndMerges.ToTokenizerJson(path) };
        if (VocabularyText.In(path) is { } pieces) return ReadFile(pieces);
        if (TiktokenFile.In(path) is { } ranks) return ReadFile(ranks);
        return GgufFile.In(path) is { } gguf ? GgufVocabulary.Read(gguf) : throw NotThere(path);
    }

    public TokenizerParts Parse() => TokenizerJson is not null
        ? Files.TokenizerJson.Parse(TokenizerJson, Where)
        : SentencePieceParts.Build(SentencePieceFile.Parse(SentencePiece, Where), Config, AddedTokens, Where);

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        WriteOptional(folder, TokenizerJsonName, TokenizerJson);
        WriteOptional(folder, SentencePieceName, SentencePiece);
        WriteOptional(folder, AddedTokensName, AddedTokens);
        WriteOptional(folder, ConfigName, Config);
        WriteOptional(folder, SpecialTokensMapName, SpecialTokensMap);
        WriteOptional(folder, ChatTemplateName, ChatTemplate);
    }

    private static TokenizerFiles ReadFile(string path)
    {
        if (!File.Exists(path)) throw NotThere(path);
        if (GgufFile.IsGguf(path)) return GgufVocabulary.Read(path);
        if (Path.GetFileName(path) == VocabularyText.Name) return Beside(path) with { TokenizerJson = VocabularyText.ToTokenizerJson(path) };
        byte[] content = JsonFile.ReadBytes(path);
        if (path.EndsWith(TiktokenFile.Ending, StringComparison.OrdinalIgnoreCase)) return Beside(path) with { TokenizerJson = TiktokenFile.ToTokenizerJson(content, path) };
        if (!path.EndsWith(".model", StringComparison.OrdinalIgnoreCase)) return Beside(path) with { TokenizerJson = content };
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Beside(path) with { SentencePiece = content, AddedTokens = ReadOptional(folder, AddedTokensName) };
    }

    /// <summary>What stands beside a tokenizer's own file.</summary>
    private static TokenizerFiles Beside(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return new TokenizerFiles
        {
            Where = file,
            Config = ReadOptional(folder, ConfigName),
            SpecialTokensMap = ReadOptional(folder, SpecialTokensMapName),
            ChatTemplate = ReadOptional(folder, ChatTemplateName),
        };
    }

    private static InvalidInputException NotThere(string path) => new("There is no tokenizer.json.", path,
        "Name a model folder that holds a tokenizer.json (or a tokenizer.model, a .tiktoken file, a vocab.txt, or vocab.json and merges.txt), one of these files, or a GGUF file.");

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
