using System.Text.Json;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training.Peft;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining.Weighted;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>A new adapter made of several: its config, its tensors (of a decomposition the product), and the logits that the saved folder gives.</summary>
internal static class CombinationCases
{
    // training/README.md: weights 1e-4
    private const double Tolerance = 1e-4;

    /// <param name="folder">training/multi.</param>
    /// <param name="file">multi.json.</param>
    /// <param name="name">Of the combination.</param>
    /// <param name="compareLogits">The model's logits with the adapter of a folder against the recorded ones.</param>
    public static GoldenResult Run(string folder, JsonElement file, string name, Func<string, GoldenResult> compareLogits)
    {
        JsonElement case_ = file.GetProperty("combinations").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        using SafetensorsFile recorded = SafetensorsFile.Open(Path.Combine(folder, "multi.safetensors"));
        string[] names = [.. case_.GetProperty("adapters").EnumerateArray().Select(a => a.GetString()!)];
        double[] weights = [.. case_.GetProperty("weights").EnumerateArray().Select(w => w.GetDouble())];
        AdapterContents made = Combination(case_, name, names, recorded).Combine([.. names.Select((adapter, i) => new WeightedAdapter(Path.Combine(folder, file.GetProperty("adapters").GetProperty(adapter).GetString()!), weights[i]))]);

        var results = new List<GoldenResult>
        {
            GoldenResult.Equal(made.Config["r"]!.GetValue<int>() == case_.GetProperty("result_r").GetInt32(), "another rank"),
            GoldenResult.Equal(made.Config["lora_alpha"]!.GetValue<int>() == case_.GetProperty("result_lora_alpha").GetInt32(), "another alpha"),
            GoldenResult.Equal(made.Config["use_rslora"]!.GetValue<bool>() == case_.GetProperty("result_use_rslora").GetBoolean(), "another use_rslora"),
        };
        string prefix = name + ".base_model.";
        string[] expected = [.. recorded.Tensors.Values.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(t => $"{t.Name[(name.Length + 1)..]} [{string.Join(",", t.Shape)}]").Order(StringComparer.Ordinal)];
        results.Add(GoldenResult.Equal(PeftRecords.Layout(made.Tensors).SequenceEqual(expected), "names or shapes differ"));
        results.AddRange(recorded.Tensors.Keys.Any(key => key.StartsWith(name + ".delta.", StringComparison.Ordinal)) ? Products(made, recorded, name)
            : made.Tensors.Select(tensor => GoldenTensors.Close(PeftRecords.Floats(tensor), recorded.Floats($"{name}.{tensor.Name}"), Tolerance, tensor.Name)));

        string saved = Directory.CreateTempSubdirectory("tunesharp-combined-").FullName;
        try
        {
            made.Write(saved);
            results.Add(compareLogits(saved));
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }

        return GoldenResult.All(results);
    }

    private static WeightedCombination Combination(JsonElement case_, string name, string[] names, SafetensorsFile recorded) => new(CombinationKind.Find(case_.GetProperty("combination_type").GetString()!))
    {
        Density = case_.TryGetProperty("density", out JsonElement density) ? density.GetDouble() : 1,
        ByFrequency = case_.TryGetProperty("majority_sign_method", out JsonElement method) && method.GetString() == "frequency",
        SvdRank = case_.TryGetProperty("svd_rank", out JsonElement rank) ? rank.GetInt32() : null,
        AsPeftScales = true,
        RecordedMasks = (place, tensor, values) =>
        {
            // "base_model.model.<module>.lora_A" → "<combination>.mask.<module>.lora_A.<adapter>"
            string key = $"{name}.mask.{tensor["base_model.model.".Length..]}.{names[place]}";
            TensorEntry entry = recorded.Require(key);
            float[] mask = entry.DType == TensorDType.F32 ? recorded.Floats(key) : [.. recorded.ReadBytes(entry).Select(b => (float)b)];
            return TorchSharp.torch.tensor(mask).reshape(values.shape);
        },
    };

    private static IEnumerable<GoldenResult> Products(AdapterContents made, SafetensorsFile recorded, string name)
    {
        Dictionary<string, TensorToWrite> tensors = made.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (string key in recorded.Tensors.Keys.Where(key => key.StartsWith(name + ".delta.", StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            string module = "base_model.model." + key[(name.Length + ".delta.".Length)..];
            TensorToWrite a = tensors[module + ".lora_A.weight"], b = tensors[module + ".lora_B.weight"];
            float[] product = tensor(PeftRecords.Floats(b)).reshape([.. b.Shape]).mm(tensor(PeftRecords.Floats(a)).reshape([.. a.Shape])).data<float>().ToArray();
            // The delta is what was decomposed, or what is left of it: both factors of the file say which.
            TensorEntry storedA = recorded.Require($"{name}.{module}.lora_A.weight"), storedB = recorded.Require($"{name}.{module}.lora_B.weight");
            float[] expected = tensor(recorded.Floats(storedB.Name)).reshape([.. storedB.Shape]).mm(tensor(recorded.Floats(storedA.Name)).reshape([.. storedA.Shape])).data<float>().ToArray();
            yield return GoldenTensors.Close(product, expected, Tolerance, key);
        }
    }
}
