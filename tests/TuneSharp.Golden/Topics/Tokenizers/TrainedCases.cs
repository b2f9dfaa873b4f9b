using System.Text.Json;
using TuneSharp.Golden.Harness;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics;

/// <summary>Vocabularies trained on a stored corpus: training gives the same file, and the stored file encodes as recorded.</summary>
internal static class TrainedCases
{
    public static IEnumerable<GoldenCase> Find(string name, string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string stem = Path.GetFileName(path).Split(".golden")[0];
        string file = Path.Combine(folder, stem + ".json");
        JsonElement golden = GoldenFixtures.ReadJson(path);
        if (GoldenTokenizer.Model(Path.Combine(folder, stem + ".model")) is { } piece) return SentencePieceCases.Find(name, path, piece).Append(NotBuilt(name));
        GoldenTokenizer tokenizer = GoldenTokenizer.FromJson(file);
        if (tokenizer.NotBuilt is { } part) return TokenizerCases.NotBuilt(name, path, part).Append(NotBuilt(name));
        IEnumerable<GoldenCase> cases = TokenizerCases.FindIn(name, golden, tokenizer);
        bool bpe = JsonDocument.Parse(GoldenFixtures.ReadText(file)).RootElement.GetProperty("model").TryGetProperty("merges", out _);
        return cases.Append(bpe ? new GoldenCase($"{name}/training", () => CheckTraining(golden, folder, file)) : NotBuilt(name));
    }

    private static GoldenCase NotBuilt(string name) => new($"{name}/training", () => GoldenResult.NotBuilt("training of another model than BPE"));

    private static GoldenResult CheckTraining(JsonElement golden, string folder, string file)
    {
        JsonElement parameters = golden.GetProperty("parameters");
        var options = new BpeTrainerOptions
        {
            VocabularySize = parameters.GetProperty("vocab_size").GetInt32(),
            MinFrequency = parameters.GetProperty("min_frequency").GetInt32(),
            SpecialTokens = [.. parameters.GetProperty("special_tokens").EnumerateArray().Select(t => t.GetString()!)],
            MaxTokenLength = parameters.TryGetProperty("max_token_length", out JsonElement length) ? length.GetInt32() : null,
        };
        string corpus = Path.Combine(folder, golden.GetProperty("corpus").GetString()!);
        IEnumerable<string> documents = GoldenFixtures.ReadText(corpus).Split('\n').Where(line => line.Length > 0)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!);
        string saved = Directory.CreateTempSubdirectory("tunesharp-trained-").FullName;
        try
        {
            ByteLevelBpeTrainer.Train(documents, options).Save(saved);
            JsonElement expected = JsonDocument.Parse(GoldenFixtures.ReadText(file)).RootElement;
            JsonElement found = JsonDocument.Parse(File.ReadAllText(Path.Combine(saved, "tokenizer.json"))).RootElement;
            return GoldenResult.All(expected.EnumerateObject().Select(field =>
                GoldenResult.Equal(found.TryGetProperty(field.Name, out JsonElement mine) && JsonElement.DeepEquals(mine, field.Value), $"{field.Name} differs")));
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }
    }
}
