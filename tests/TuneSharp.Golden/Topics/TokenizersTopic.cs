using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;
using TuneSharp.Tokenizers.Files;

namespace TuneSharp.Golden.Topics;

/// <summary>
/// Tokenizers: every text of every golden file is a case, and so is every streaming text, pair, padded batch and truncation,
/// every single component and every trained vocabulary. All comparisons are for equality.
/// </summary>
public sealed class TokenizersTopic : IGoldenTopic
{
    public string Topic => "text/tokenizers";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (string path in Files(folder))
        {
            string name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            string stem = StemOf(path);
            IEnumerable<GoldenCase> cases = stem switch
            {
                "golden" => TokenizerCases.Find(name, path, GoldenTokenizer.BesideGolden(path)),
                "golden_sp" => SentencePieceCases.Find(name, path, GoldenTokenizer.SentencePieceBeside(path)),
                "llamacpp_tests" => SentencePieceCases.FindIdTests(name, path, GoldenTokenizer.SentencePieceBeside(path)),
                "golden_tiktoken" => TiktokenCases.Find(name, path),
                "component_cases" => ComponentCases.Find(name, path),
                "variants" => VariantCases(name, path, folder),
                _ when stem.EndsWith(".golden", StringComparison.Ordinal) => TrainedCases.Find(name, path),
                _ => [],
            };
            foreach (GoldenCase found in cases) yield return found;
        }
    }

    public string? SpoilOne(string copy)
    {
        foreach (string path in Files(copy).Where(p => StemOf(p) == "golden"))
        {
            if (GoldenTokenizer.BesideGolden(path).NotBuilt is not null) continue;
            JsonNode golden = JsonNode.Parse(GoldenFixtures.ReadText(path))!;
            JsonArray cases = golden["cases"]!.AsArray();
            for (int i = 0; i < cases.Count; i++)
            {
                if (cases[i]!["ids"] is not JsonArray { Count: > 0 } ids) continue;
                ids[0] = ids[0]!.GetValue<int>() + 1;
                GoldenFixtures.WriteText(path, golden.ToJsonString());
                return $"{Path.GetRelativePath(copy, path).Replace('\\', '/')}/cases/{i}";
            }
        }
        return null;
    }

    /// <summary>The stored file of a name, packed or not, once.</summary>
    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => path.EndsWith(".json", StringComparison.Ordinal) || path.EndsWith(".json.gz", StringComparison.Ordinal));

    private static string StemOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.EndsWith(".gz", StringComparison.Ordinal)) name = name[..^3];
        return name.EndsWith(".json", StringComparison.Ordinal) ? name[..^5] : name;
    }

    /// <summary>A stored tokenizer.json with some fields replaced.</summary>
    private static IEnumerable<GoldenCase> VariantCases(string name, string path, string folder)
    {
        foreach (JsonElement variant in GoldenFixtures.ReadJson(path).GetProperty("variants").EnumerateArray())
        {
            string file = variant.GetProperty("base").GetString()!.Split(' ')[0];
            JsonElement fields = variant.GetProperty("fields");
            var tokenizer = new GoldenTokenizer(() =>
            {
                JsonNode json = JsonNode.Parse(GoldenFixtures.ReadText(Path.Combine(folder, file)))!;
                foreach (JsonProperty field in fields.EnumerateObject()) json[field.Name] = JsonNode.Parse(field.Value.GetRawText());
                return GoldenTokenizer.Parse(json.ToJsonString(), file);
            });
            foreach (GoldenCase found in TokenizerCases.FindIn($"{name}/{variant.GetProperty("name").GetString()}", variant, tokenizer)) yield return found;
        }
    }
}

/// <summary>A tokenizer that is read when the first case needs it.</summary>
internal sealed class GoldenTokenizer(Func<Tokenizer> load)
{
    private readonly Lazy<Tokenizer> _tokenizer = new(load);

    public Tokenizer Value => _tokenizer.Value;

    /// <summary>What is missing to read it; null when nothing is.</summary>
    public string? NotBuilt { get; private init; }

    public static Tokenizer Parse(string json, string where) =>
        Tokenizer.Parse(new TokenizerFiles { Where = where, TokenizerJson = System.Text.Encoding.UTF8.GetBytes(json) });

    /// <summary>The tokenizer that a golden file speaks of.</summary>
    public static GoldenTokenizer BesideGolden(string goldenPath)
    {
        string folder = Path.GetDirectoryName(goldenPath)!;
        string json = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(json) || File.Exists(json + ".gz")) return FromJson(json);
        if (File.Exists(Path.Combine(folder, "vocab.json")) || File.Exists(Path.Combine(folder, "vocab.json.gz"))) return FromVocabularyAndMerges(folder);
        return Gguf(folder) ?? new GoldenTokenizer(() => throw new NotSupportedException()) { NotBuilt = "this kind of tokenizer file" };
    }

    /// <summary>tokenizer.model or the GGUF vocabulary beside a golden file.</summary>
    public static GoldenTokenizer SentencePieceBeside(string goldenPath)
    {
        string folder = Path.GetDirectoryName(goldenPath)!;
        return Model(Path.Combine(folder, "tokenizer.model")) ?? Gguf(folder) ?? BesideGolden(goldenPath);
    }

    /// <summary>Null if there is no such file, packed or not.</summary>
    public static GoldenTokenizer? Model(string path)
    {
        if (!File.Exists(path) && !File.Exists(path + ".gz")) return null;
        byte[] bytes = GoldenFixtures.ReadBytes(path);
        bool bpe = KindOf(bytes, path) is null;
        return new GoldenTokenizer(() => Tokenizer.Parse(new TokenizerFiles { Where = path, SentencePiece = bytes })) { NotBuilt = bpe ? null : "a SentencePiece model that is not BPE" };
    }

    private static string? KindOf(byte[] bytes, string path)
    {
        try
        {
            SentencePieceFile.Parse(bytes, path);
            return null;
        }
        catch (TuneSharp.Formats.InvalidInputException e) { return e.Message; }
    }

    private static GoldenTokenizer? Gguf(string folder)
    {
        string path = Path.Combine(folder, "vocab.gguf");
        if (!File.Exists(path) && !File.Exists(path + ".gz")) return null;
        if (File.Exists(Path.Combine(folder, "info.json")) && GoldenFixtures.ReadJson(Path.Combine(folder, "info.json")).GetProperty("tokenizer.ggml.model").GetString() is not ("llama" or "gpt2" or "bert"))
            return new GoldenTokenizer(() => throw new NotSupportedException()) { NotBuilt = "a model that is neither BPE nor WordPiece" };
        return new GoldenTokenizer(() =>
        {
            string copy = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(copy, GoldenFixtures.ReadBytes(path));
                return Tokenizer.Load(copy);
            }
            finally
            {
                File.Delete(copy);
            }
        });
    }

    public static GoldenTokenizer FromJson(string path)
    {
        string text = GoldenFixtures.ReadText(path);
        JsonElement model = JsonDocument.Parse(text).RootElement.GetProperty("model");
        bool built = !model.TryGetProperty("type", out JsonElement type) || type.GetString() is "BPE" or "WordPiece" or "Unigram";
        return new GoldenTokenizer(() => Parse(text, path)) { NotBuilt = built ? null : "a model of type " + type.GetString() };
    }

    /// <summary>A folder with vocab.json and merges.txt, read as the program reads it; packed files are unpacked first.</summary>
    private static GoldenTokenizer FromVocabularyAndMerges(string folder) => new(() =>
    {
        string copy = Directory.CreateTempSubdirectory("tunesharp-vocabulary-").FullName;
        try
        {
            foreach (string name in (string[])["vocab.json", "merges.txt", "tokenizer_config.json"])
                if (File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, name + ".gz")))
                    File.WriteAllText(Path.Combine(copy, name), GoldenFixtures.ReadText(Path.Combine(folder, name)));
            return Tokenizer.Load(copy);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    });
}
