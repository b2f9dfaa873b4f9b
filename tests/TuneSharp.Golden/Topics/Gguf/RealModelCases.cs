using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.Gguf;

/// <summary>
/// Greedy text of a real model, as transformers computes it on the dequantised weights. The file itself lies in
/// <c>TUNESHARP_MODELS</c>. Where two tokens are closer than what float32 sums differ by, either may come.
/// </summary>
internal static class RealModelCases
{
    private const double NearTie = 1e-3, LogitTolerance = 1e-3;

    public static IEnumerable<GoldenCase> Find(string name, string path)
    {
        JsonElement golden = GoldenFixtures.ReadJson(path);
        string file = golden.GetProperty("file").GetString()!;
        var model = new Lazy<ICausalLm>(() => ModelCatalog.Load(PathOf(file)!, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" }));
        var tokenizer = new Lazy<Tokenizer>(() => Tokenizer.Load(PathOf(file)!));
        int index = 0;
        foreach (JsonElement json in golden.GetProperty("cases").EnumerateArray())
        {
            yield return new GoldenCase($"{name}/{index}/prompt", () => Present(file, () => TokenizerCases.Same("ids of the prompt", tokenizer.Value.EncodeIds(json.GetProperty("prompt").GetString()!), TokenizerCases.Ids(json, "prompt_ids"))));
            yield return new GoldenCase($"{name}/{index++}/greedy", () => Present(file, () => Greedy(model.Value, tokenizer.Value, json))) { Quick = false };
        }
        string tensors = Path.ChangeExtension(path, ".safetensors");
        yield return new GoldenCase($"{name}/logits", () => Present(file, () => Logits(model.Value, golden.GetProperty("cases")[0], tensors))) { Quick = false };
    }

    private static string? PathOf(string file)
    {
        string root = Environment.GetEnvironmentVariable("TUNESHARP_MODELS") is { Length: > 0 } named ? named : Path.Combine(GoldenFixtures.Root, "..", "models");
        return Directory.Exists(root) ? Directory.EnumerateFiles(root, file, SearchOption.AllDirectories).FirstOrDefault() : null;
    }

    private static GoldenResult Present(string file, Func<GoldenResult> check) =>
        PathOf(file) is null ? new GoldenResult(false, double.NaN, 0, $"{file} is not in TUNESHARP_MODELS") : check();

    private static GoldenResult Greedy(ICausalLm model, Tokenizer tokenizer, JsonElement json)
    {
        JsonElement recorded = json.GetProperty("hf_dequantised");
        int[] expected = TokenizerCases.Ids(recorded, "ids")!;
        double[] margins = [.. recorded.GetProperty("margins").EnumerateArray().Select(margin => margin.GetDouble())];
        int[] found = ModelChecks.Generate(model, [TokenizerCases.Ids(json, "prompt_ids")!], expected.Length)[0];
        int at = Enumerable.Range(0, expected.Length).FirstOrDefault(i => found[i] != expected[i], -1);
        if (at >= 0) return GoldenResult.Equal(margins[at] < NearTie, $"token {at} is {found[at]} for {expected[at]}, recorded margin {margins[at]}");
        return TokenizerCases.Same("text", tokenizer.Decode(found, skipSpecialTokens: false), recorded.GetProperty("text").GetString());
    }

    private static GoldenResult Logits(ICausalLm model, JsonElement json, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        float[] all = ModelChecks.Step(model, [TokenizerCases.Ids(json, "prompt_ids")!], null)[^model.Shape.VocabularySize..];
        return GoldenTensors.Close([.. file.Ids("top_ids").Select(id => all[id])], file.Floats("hf_logits"), LogitTolerance, "logits");
    }
}
