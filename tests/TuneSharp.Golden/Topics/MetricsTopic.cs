using System.Text.Json;
using System.Text.Json.Nodes;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Metrics;

namespace TuneSharp.Golden.Topics;

/// <summary>outcomes/metrics: every pair, corpus, set and table of each file is a case.</summary>
public sealed class MetricsTopic : IGoldenTopic
{
    public string Topic => "outcomes/metrics";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        foreach (string path in Directory.GetFiles(folder, "*.json*").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            string stem = name[..name.IndexOf('.')];
            if (stem is "index" or "versions") continue;
            JsonElement file = GoldenFixtures.ReadJson(path);
            IEnumerable<GoldenCase> cases = stem switch
            {
                "english_rouge" => RougeCases.English(name, file),
                "chinese_rouge_bleu" => RougeCases.Chinese(name, file),
                "question_answering" => TextCases.QuestionAnswering(name, file),
                "sacrebleu" => SacreBleuCases.Find(name, file),
                "classification" => ClassificationCases.Classification(name, file),
                "multiple_choice" => ClassificationCases.Choices(name, file),
                "regression" => ClassificationCases.Regression(name, file),
                "probabilities" => ProbabilityCases.Probabilities(name, file),
                "multilabel" => ProbabilityCases.Multilabel(name, file),
                "compare_systems" => ComparisonCases.Find(name, file),
                "text_statistics" => TextCases.Statistics(name, file),
                _ => NotBuilt(name, file),
            };
            foreach (GoldenCase found in cases) yield return found;
        }
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "english_rouge.json");
        if (!File.Exists(path)) return null;
        JsonNode file = JsonNode.Parse(File.ReadAllText(path))!;
        JsonNode score = file["pairs"]![0]!["plain"]!["rougeL"]!;
        score["f"] = score["f"]!.GetValue<double>() + 1e-8;
        File.WriteAllText(path, file.ToJsonString());
        return "english_rouge.json/pairs/0";
    }

    // Each entry of each list of such a file is found.
    private static IEnumerable<GoldenCase> NotBuilt(string name, JsonElement file)
    {
        foreach (JsonProperty part in file.EnumerateObject())
        {
            if (part.Value.ValueKind == JsonValueKind.Array)
            {
                for (int i = 0; i < part.Value.GetArrayLength(); i++) yield return new GoldenCase($"{name}/{part.Name}/{i}", () => GoldenResult.NotBuilt(name));
            }
            else if (part.Value.ValueKind == JsonValueKind.Object) yield return new GoldenCase($"{name}/{part.Name}", () => GoldenResult.NotBuilt(name));
        }
    }
}
