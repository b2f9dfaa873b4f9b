using System.IO.Compression;
using System.Text.Json;

namespace TuneSharp.Tokenizers.Tests.Files;

/// <summary>Real vocabularies of BERT against ids that were recorded with transformers; needs the recorded data.</summary>
public sealed class RecordedRowsTests
{
    private static string? Fixtures => Environment.GetEnvironmentVariable("TUNESHARP_FIXTURES") is { Length: > 0 } folder && Directory.Exists(Path.Combine(folder, "outcomes")) ? folder : null;

    private static string? Models => Environment.GetEnvironmentVariable("TUNESHARP_MODELS") is { Length: > 0 } folder && Directory.Exists(Path.Combine(folder, "all-minilm-l6-v2")) ? folder : null;

    [Theory]
    [InlineData("minilm_banking77")]
    [InlineData("minilm_sst2")]
    public void MiniLM_gives_the_recorded_ids(string data)
    {
        Assert.SkipWhen(Fixtures is null || Models is null, "no recorded data");
        string path = Path.Combine(Fixtures!, "outcomes", "real_runs", "data", data + ".json.gz");
        Assert.SkipUnless(File.Exists(path), "no such data");
        Tokenizer tokenizer = Tokenizer.Load(Path.Combine(Models!, "all-minilm-l6-v2"));
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using JsonDocument rows = JsonDocument.Parse(stream);
        foreach (JsonElement row in rows.RootElement.GetProperty("eval").EnumerateArray())
        {
            int[] recorded = [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int[] ids = tokenizer.EncodeIds(row.GetProperty("text").GetString()!, addSpecialTokens: true);
            if (ids.Length == recorded.Length) ids.ShouldBe(recorded, row.GetProperty("text").GetString());
            else ids[..(recorded.Length - 1)].ShouldBe(recorded[..^1], "rows that were cut keep their beginning");
        }
    }

    [Fact]
    public void A_vocab_txt_alone_is_the_same_tokenizer_as_the_tokenizer_json()
    {
        string? folder = Fixtures is null ? null : Path.Combine(Fixtures, "text", "tokenizers", "bert-base-chinese");
        Assert.SkipWhen(folder is null || !File.Exists(Path.Combine(folder, "vocab.txt")), "no recorded data");
        string copy = Directory.CreateTempSubdirectory("tunesharp-vocabulary-").FullName;
        try
        {
            File.Copy(Path.Combine(folder, "vocab.txt"), Path.Combine(copy, "vocab.txt"));
            File.Copy(Path.Combine(folder, "tokenizer_config.json"), Path.Combine(copy, "tokenizer_config.json"));
            Tokenizer tokenizer = Tokenizer.Load(copy);
            using var stream = new GZipStream(File.OpenRead(Path.Combine(folder, "golden.json.gz")), CompressionMode.Decompress);
            using JsonDocument golden = JsonDocument.Parse(stream);
            foreach (JsonElement row in golden.RootElement.GetProperty("cases").EnumerateArray())
            {
                string field = row.TryGetProperty("ids_special", out _) ? "ids_special" : "ids";
                tokenizer.EncodeIds(row.GetProperty("text").GetString()!, addSpecialTokens: true).ShouldBe([.. row.GetProperty(field).EnumerateArray().Select(id => id.GetInt32())]);
            }
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
