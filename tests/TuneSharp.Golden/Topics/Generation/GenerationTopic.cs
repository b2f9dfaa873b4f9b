using System.Text.Json;
using TuneSharp.Golden.Harness;

namespace TuneSharp.Golden.Topics.Generation;

/// <summary>outcomes/generation: logits processors, pipelines of them, generation, stopping, log-probabilities.</summary>
public sealed class GenerationTopic : IGoldenTopic
{
    // "tensors 1e-5 absolute" (outcomes/README.md)
    internal const double Tolerance = 1e-5;

    public string Topic => "outcomes/generation";

    public IEnumerable<GoldenCase> Find(string folder)
    {
        if (Read(folder, "processors.json") is { } processors)
            foreach (GoldenCase found in ProcessorCases.Find(folder, processors)) yield return found;
        if (Read(folder, "model_generation.json") is { } generation)
            foreach (GoldenCase found in ModelCases.Find(folder, generation)) yield return found;
        if (Read(folder, "stopping.json") is { } stopping)
            foreach (GoldenCase found in TextCases.Stopping(stopping)) yield return found;
        if (Read(folder, "logprobs.json") is { } logprobs)
            foreach (GoldenCase found in TextCases.Logprobs(logprobs)) yield return found;
    }

    public string? SpoilOne(string copy)
    {
        string path = Path.Combine(copy, "processors.json");
        if (!File.Exists(path)) return null;
        string name = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("cases").EnumerateArray()
            .First(c => c.GetProperty("processor").GetString() == "TemperatureLogitsWarper").GetProperty("name").GetString()!;
        GoldenTensors.Move(Path.Combine(copy, "processors.safetensors"), name + ".out", 0, (float)(10 * Tolerance));
        return "processors.json/" + name;
    }

    internal static float Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? (float)value.GetDouble()
        : value.GetString() switch { "Infinity" => float.PositiveInfinity, "-Infinity" => float.NegativeInfinity, _ => float.NaN };

    internal static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(Number)];

    internal static int[] Ids(JsonElement list) => list.ValueKind switch
    {
        JsonValueKind.Array => [.. list.EnumerateArray().Select(e => e.GetInt32())],
        JsonValueKind.Null => [],
        _ => [list.GetInt32()],
    };

    internal static int[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Ids)];

    private static JsonElement? Read(string folder, string name) => File.Exists(Path.Combine(folder, name)) ? GoldenFixtures.ReadJson(Path.Combine(folder, name)) : null;
}
