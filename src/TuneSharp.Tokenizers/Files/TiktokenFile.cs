using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Formats;
using TuneSharp.Formats.Errors;
using TuneSharp.Tokenizers.Splitting;
using TuneSharp.Tokenizers.Text;

namespace TuneSharp.Tokenizers.Files;

/// <summary>
/// A <c>.tiktoken</c> file: a line a token, its bytes in base64 and its rank, which is its id. Neighbours are joined whose
/// bytes together have the lowest rank; a whole piece that is a token is taken at once. The file says neither how text is
/// split nor which tokens are special: that is known by its name. It becomes the tokenizer.json that stands for it.
/// </summary>
internal static class TiktokenFile
{
    public const string Ending = ".tiktoken";

    private const int LongestToken = 512;
    private const string EndOfText = "<|endoftext|>";
    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Encoding(string Name, string Pattern, (string Text, int Id)[] Special);

    private static readonly Encoding[] Known =
    [
        new("r50k_base", Gpt2Scanner.Instance.Pattern, [(EndOfText, 50256)]),
        new("p50k_base", Gpt2Scanner.Instance.Pattern, [(EndOfText, 50256)]),
        new("cl100k_base", Qwen2Scanner.Llama3.Pattern, [(EndOfText, 100257), ("<|fim_prefix|>", 100258), ("<|fim_middle|>", 100259), ("<|fim_suffix|>", 100260), ("<|endofprompt|>", 100276)]),
    ];

    /// <summary>The only file of this kind in a folder; null if there is none.</summary>
    public static string? In(string folder) => Directory.GetFiles(folder, "*" + Ending) is [var file] ? file : null;

    public static byte[] ToTokenizerJson(ReadOnlySpan<byte> content, string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        Encoding encoding = Array.Find(Known, known => known.Name == name) ?? throw new InvalidInputException(
            $"How a vocabulary named {Quoted.Text(name)} splits text is not known.", path, $"Known are {string.Join(", ", Known.Select(known => known.Name + Ending))}; otherwise use the model's tokenizer.json.");
        List<(byte[] Bytes, int Rank)> tokens = ReadTokens(content, path);
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        foreach ((byte[] bytes, int rank) in tokens)
            if (!ids.TryAdd(ByteLevelAlphabet.ToText(bytes), rank)) throw new InvalidInputException($"The token of rank {rank} stands twice.", path, "Get the file again.");
        if (Enumerable.Range(0, 256).FirstOrDefault(b => !ids.ContainsKey(ByteLevelAlphabet.ToText([(byte)b])), -1) is >= 0 and int missing)
            throw new InvalidInputException($"There is no token for the byte {missing}: texts with it could not be encoded.", path, "Get the file again.");

        HashSet<int> taken = [.. ids.Values];
        var buffer = new ArrayBufferWriter<byte>(2 * content.Length);
        using (var json = new Utf8JsonWriter(buffer, Format))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WritePropertyName("added_tokens");
            new JsonArray([.. encoding.Special.Where(special => !taken.Contains(special.Id)).Select(special =>
                new JsonObject { ["id"] = special.Id, ["content"] = special.Text, ["special"] = true, ["normalized"] = false })]).WriteTo(json);
            json.WritePropertyName("pre_tokenizer");
            PreTokenizer(encoding.Pattern).WriteTo(json);
            json.WritePropertyName("decoder");
            ByteLevel(useRegex: true).WriteTo(json);
            json.WriteStartObject("model");
            json.WriteString("type", "BPE");
            json.WriteBoolean("ignore_merges", true);
            json.WriteStartObject("vocab");
            foreach ((string token, int id) in ids) json.WriteNumber(token, id);
            json.WriteEndObject();
            json.WriteStartArray("merges");
            WriteMerges(json, ids);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static List<(byte[] Bytes, int Rank)> ReadTokens(ReadOnlySpan<byte> content, string path)
    {
        var tokens = new List<(byte[], int)>();
        int number = 0;
        while (!content.IsEmpty)
        {
            number++;
            int end = content.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = (end < 0 ? content : content[..end]).TrimEnd("\r"u8);
            content = end < 0 ? [] : content[(end + 1)..];
            if (line.IsEmpty) continue;
            int blank = line.IndexOf((byte)' ');
            byte[] bytes = new byte[line.Length];
            int length = 0;
            bool isToken = blank > 0 && Base64.DecodeFromUtf8(line[..blank], bytes, out int read, out length) == OperationStatus.Done && read == blank && length is > 0 and <= LongestToken;
            if (!isToken || !Utf8Parser.TryParse(line[(blank + 1)..], out int rank, out int digits) || digits != line.Length - blank - 1 || rank is < 0 or > ModelReader.LargestId)
                throw new InvalidInputException($"The line is not a token of 1 to {LongestToken} bytes in base64, a blank and a rank.", $"{path}, line {number}", "Get the file again.");
            tokens.Add((bytes[..length], rank));
        }
        return tokens;
    }

    /// <summary>Every way of putting a token together from two, in the order of the tokens' ranks.</summary>
    private static void WriteMerges(Utf8JsonWriter json, Dictionary<string, int> ids)
    {
        foreach ((string token, _) in ids.OrderBy(entry => entry.Value))
        {
            var halves = new List<(int Left, int Right, int Cut)>();
            for (int cut = 1; cut < token.Length; cut++)
                if (ids.TryGetValue(token[..cut], out int left) && ids.TryGetValue(token[cut..], out int right)) halves.Add((left, right, cut));
            halves.Sort();
            foreach ((_, _, int cut) in halves)
            {
                json.WriteStartArray();
                json.WriteStringValue(token.AsSpan(0, cut));
                json.WriteStringValue(token.AsSpan(cut));
                json.WriteEndArray();
            }
        }
    }

    private static JsonObject PreTokenizer(string pattern)
    {
        if (pattern == Gpt2Scanner.Instance.Pattern) return ByteLevel(useRegex: true);
        var split = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false };
        return new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(split, ByteLevel(useRegex: false)) };
    }

    private static JsonObject ByteLevel(bool useRegex) =>
        new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = useRegex };
}
