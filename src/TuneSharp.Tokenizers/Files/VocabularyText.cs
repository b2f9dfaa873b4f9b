using System.Text.Json;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// A BERT vocabulary as <c>vocab.txt</c> (one piece a line, ids from 0), turned into the tokenizer.json that stands for it.
/// <c>do_lower_case</c> (default true), <c>tokenize_chinese_chars</c> (true), <c>strip_accents</c> (as lower-casing) and the special
/// tokens come from tokenizer_config.json beside it.
/// </summary>
internal static class VocabularyText
{
    public const string Name = "vocab.txt";

    private static readonly string[] s_classes = ["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer"];

    /// <summary>The file of a folder; null when there is none.</summary>
    public static string? In(string folder) => Path.Combine(folder, Name) is var path && File.Exists(path) ? path : null;

    public static byte[] ToTokenizerJson(string path)
    {
        string configPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, TokenizerFiles.ConfigName);
        using JsonDocument? config = File.Exists(configPath) ? JsonFile.Parse(JsonFile.ReadBytes(configPath), configPath) : null;
        IReadOnlyList<string> pieces = ReadPieces(path);
        return (config is null ? new WordPieceFile { Pieces = pieces } : WithSettings(pieces, new JsonField(config.RootElement, configPath))).ToTokenizerJson();
    }

    private static WordPieceFile WithSettings(IReadOnlyList<string> pieces, JsonField settings)
    {
        string name = settings["tokenizer_class"].TextOrNull() ?? s_classes[0];
        string slow = name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;
        if (!s_classes.Contains(slow))
            throw new InvalidInputException(
                $"The file vocab.txt does not tell how a tokenizer of class {Quoted.Text(name)} splits text.", settings["tokenizer_class"].Where,
                "Put the model's tokenizer.json into the folder.");
        return new WordPieceFile
        {
            Pieces = pieces,
            Lowercase = settings["do_lower_case"].Flag(true),
            HandleChineseCharacters = settings["tokenize_chinese_chars"].Flag(true),
            StripAccents = settings["strip_accents"].FlagOrNull(),
            Unknown = Token("unk_token", "[UNK]"),
            Separator = Token("sep_token", "[SEP]"),
            Pad = Token("pad_token", "[PAD]"),
            Class = Token("cls_token", "[CLS]"),
            Mask = Token("mask_token", "[MASK]"),
        };

        string Token(string role, string absent)
        {
            JsonField token = settings[role];
            return (token.IsObject ? token["content"] : token).TextOrNull() ?? absent;
        }
    }

    private static List<string> ReadPieces(string path)
    {
        byte[] bytes = JsonFile.ReadBytes(path);
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) throw new InvalidInputException("The file is not valid UTF-8 text.", path, "Get the file again.");
        List<string> pieces = [.. System.Text.Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.TrimEnd('\r'))];
        if (pieces[^1].Length == 0) pieces.RemoveAt(pieces.Count - 1);
        if (pieces.Count > ModelReader.LargestId)
            throw new InvalidInputException($"The vocabulary has {pieces.Count} pieces; at most {ModelReader.LargestId} are read.", path, "Get the file again.");
        var seen = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
            if (!seen.TryAdd(pieces[id], id))
                throw new InvalidInputException($"The piece {Quoted.Text(pieces[id])} stands twice.", $"{path}, line {id + 1}", $"It stands on line {seen[pieces[id]] + 1} too; get the file again.");
        return pieces;
    }
}
