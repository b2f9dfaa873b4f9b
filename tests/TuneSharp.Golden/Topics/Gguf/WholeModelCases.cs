using System.Globalization;
using System.Text.Json;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Tokenizers;

namespace TuneSharp.Golden.Topics.Gguf;

/// <summary>
/// A whole model as GGUF in several types. Logits against transformers on the dequantised weights; llama.cpp's greedy tokens
/// for float32 files, as quantised ones also round what flows between the layers there.
/// </summary>
internal static class WholeModelCases
{
    private const double LogitTolerance = 1e-4;

    public static IEnumerable<GoldenCase> Find(string name, string folder)
    {
        JsonElement expected = GoldenFixtures.ReadJson(Path.Combine(folder, "expected.json"));
        foreach (JsonProperty type in expected.GetProperty("files").EnumerateObject())
        {
            string path = Path.Combine(folder, FileOf(folder, type));
            yield return new GoldenCase($"{name}/{type.Name}/metadata", () => Metadata(expected, type.Name, path));
            yield return new GoldenCase($"{name}/{type.Name}/tensors", () => Tensors(type.Value, path));
            yield return new GoldenCase($"{name}/{type.Name}/logits", () => WithModel(path, model => GoldenResult.All(Logits(model, folder, type.Name))));
            if (type.Name is "f32") yield return new GoldenCase($"{name}/{type.Name}/greedy", () => WithModel(path, model => Greedy(model, expected, type.Name)));
            if (type.Name is "f32" or "f16" or "bf16" or "q8_0") yield return new GoldenCase($"{name}/{type.Name}/writing", () => GoldenResult.NotBuilt("Writing GGUF files"));
        }
        int index = 0;
        string first = Path.Combine(folder, FileOf(folder, expected.GetProperty("files").EnumerateObject().First()));
        foreach (JsonElement text in expected.GetProperty("tokenizer").EnumerateArray())
            yield return new GoldenCase($"{name}/tokenizer/{index++}", () => Ids(text, first));
    }

    private static string FileOf(string folder, JsonProperty type) => type.Value.TryGetProperty("file", out JsonElement file) ? file.GetString()! : $"{Path.GetFileName(folder)}-{type.Name}.gguf";

    private static GoldenResult Metadata(JsonElement expected, string type, string path)
    {
        using GgufFile file = GgufFile.Open(path);
        var wanted = expected.GetProperty("kv_of_f32").EnumerateObject().ToDictionary(key => key.Name, key => key.Value, StringComparer.Ordinal);
        if (expected.TryGetProperty("kv_differences", out JsonElement differences) && differences.TryGetProperty(type, out JsonElement own))
            foreach (JsonProperty key in own.EnumerateObject()) wanted[key.Name] = key.Value;
        string? missing = wanted.Keys.FirstOrDefault(key => !file.Metadata.Has(key)), odd = file.Metadata.Values.Keys.FirstOrDefault(key => !wanted.ContainsKey(key));
        if (missing is not null || odd is not null) return GoldenResult.Equal(false, $"{missing ?? odd} is {(missing is null ? "not expected" : "missing")}");
        return GoldenResult.All(wanted.Select(key => GoldenResult.Equal(Same(file.Metadata.Values[key.Key], key.Value.GetProperty("type").GetString()!, key.Value.GetProperty("value")),
            $"{key.Key} is {GgufMetadata.Shown(file.Metadata.Values[key.Key])}")));
    }

    private static bool Same(GgufValue found, string type, JsonElement value)
    {
        string name = found switch
        {
            GgufNumbers list => $"ARRAY/{list.ElementType}",
            GgufTexts => "ARRAY/String",
            GgufLists => "ARRAY/Array",
            _ => found.Type.ToString(),
        };
        if (!string.Equals(name, type, StringComparison.OrdinalIgnoreCase)) return false;
        return found switch
        {
            GgufInteger { Type: GgufValueType.Bool } flag => value.GetBoolean() == (flag.Value == 1),
            GgufInteger number => value.GetRawText() == (number.Type == GgufValueType.UInt64 ? number.Unsigned.ToString(CultureInfo.InvariantCulture) : number.Value.ToString(CultureInfo.InvariantCulture)),
            GgufFloat number => value.GetDouble().Equals(number.Value),
            GgufText text => value.GetString() == text.Value,
            GgufTexts texts => value.EnumerateArray().Select(item => item.GetString()).SequenceEqual(Enumerable.Range(0, texts.Count).Select(i => texts[i])),
            GgufNumbers numbers => value.EnumerateArray().Select(item => item.GetDouble()).SequenceEqual(Enumerable.Range(0, numbers.Count).Select(i => numbers[i])),
            _ => false,
        };
    }

    private static GoldenResult Tensors(JsonElement expected, string path)
    {
        using GgufFile file = GgufFile.Open(path);
        JsonElement list = expected.GetProperty("tensors");
        if (list.ValueKind == JsonValueKind.Object)
        {
            string types = string.Join(' ', file.Tensors.Values.Select(tensor => $"{tensor.Name}={tensor.Type}").Order(StringComparer.Ordinal));
            return TokenizerCases.Same("tensors", types, string.Join(' ', list.EnumerateObject().Select(tensor => $"{tensor.Name}={tensor.Value.GetString()}").Order(StringComparer.Ordinal)));
        }
        string found = string.Join(' ', file.Tensors.Values.Select(tensor => $"{tensor.Name}={tensor.Type}[{string.Join(',', tensor.Shape.Reverse())}]{tensor.ByteLength}@{tensor.FileOffset}"));
        return TokenizerCases.Same("tensors", found, string.Join(' ', list.EnumerateArray().Select(tensor =>
            $"{tensor.GetProperty("name").GetString()}={tensor.GetProperty("type").GetString()}[{string.Join(',', tensor.GetProperty("ggml_dims").EnumerateArray().Select(d => d.GetInt64()))}]{tensor.GetProperty("bytes").GetInt64()}@{tensor.GetProperty("file_offset").GetInt64()}")));
    }

    private static GoldenResult WithModel(string path, Func<ICausalLm, GoldenResult> check)
    {
        if (!ModelCatalog.ModelTypes.Contains(ModelCatalog.ReadConfig(path).ModelType)) return GoldenResult.NotBuilt(ModelCatalog.ReadConfig(path).ModelType);
        using ICausalLm model = ModelCatalog.Load(path, new ModelSettings { WeightsDtype = "float32", ComputeDtype = "float32" });
        return check(model);
    }

    /// <summary>Of the last positions of each prompt.</summary>
    private static IEnumerable<GoldenResult> Logits(ICausalLm model, string folder, string type)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "goldens.safetensors"));
        for (int i = 0; file.Tensors.ContainsKey($"ids.{i}"); i++)
        {
            float[] expected = file.Floats($"{type}.logits.{i}"), found = ModelChecks.Step(model, [file.Ids($"ids.{i}")], null);
            yield return GoldenTensors.Close(found.AsSpan(found.Length - expected.Length), expected, LogitTolerance, $"logits of prompt {i}");
        }
    }

    private static GoldenResult Greedy(ICausalLm model, JsonElement expected, string type)
    {
        JsonElement tokens = expected.GetProperty("max_logit_differences").GetProperty(type).GetProperty("llama_cpp_greedy");
        return GoldenResult.All(expected.GetProperty("prompts").EnumerateArray().Zip(tokens.EnumerateArray(), (prompt, wanted) =>
            TokenizerCases.Same("greedy tokens", ModelChecks.Generate(model, [ModelChecks.Ints(prompt)], wanted.GetArrayLength())[0], ModelChecks.Ints(wanted))));
    }

    /// <summary>The ids are llama.cpp's, with and without the tokens around a text, special tokens in it found or not.</summary>
    private static GoldenResult Ids(JsonElement json, string path)
    {
        if (!ModelCatalog.ModelTypes.Contains(ModelCatalog.ReadConfig(path).ModelType)) return GoldenResult.NotBuilt(ModelCatalog.ReadConfig(path).ModelType);
        Tokenizer tokenizer = Tokenizer.Load(path);
        string text = json.GetProperty("text").GetString()!;
        return GoldenResult.All(
        [
            TokenizerCases.Same("ids", tokenizer.EncodeIds(text, addSpecialTokens: true), TokenizerCases.Ids(json, "llama_cpp")),
            TokenizerCases.Same("ids without special tokens", tokenizer.EncodeIds(text, splitSpecialTokens: true), TokenizerCases.Ids(json, "llama_cpp_no_special")),
        ]);
    }
}
