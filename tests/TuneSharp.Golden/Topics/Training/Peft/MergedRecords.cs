using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Combining;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>What merging gives: the recorded weights, no other weight changed, the logits of the unmerged adapter, and the base again afterwards.</summary>
internal static class MergedRecords
{
    private const double Tolerance = 1e-4;

    /// <param name="model">With the trained method attached.</param>
    /// <param name="compareLogits">The model's logits against expected ones.</param>
    public static IEnumerable<GoldenResult> Compare(IModel model, ITuningMethod method, JsonElement run, SafetensorsFile golden, Func<float[], string, GoldenResult> compareLogits)
    {
        if (method.WeightChanges is null) yield break;
        Dictionary<string, Parameter> parameters = model.Parameters.ToDictionary(parameter => parameter.Name);
        method.Detach();
        Dictionary<string, Tensor> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.clone());
        method.Attach();
        using (MergedAdapters merged = MergedAdapters.Merge([method]))
        {
            foreach (string key in golden.Tensors.Keys.Where(key => key.StartsWith("merged_weight.", StringComparison.Ordinal)))
            {
                if (!parameters.TryGetValue(key["merged_weight.".Length..], out Parameter? parameter)) yield return GoldenResult.Equal(false, "no weight for " + key);
                else yield return GoldenTensors.Close(parameter.Value.data<float>().ToArray(), golden.Floats(key), Tolerance, key);
            }

            string[] changed = [.. parameters.Values.Where(parameter => !parameter.Value.eq(before[parameter.Name]).all().item<bool>()).Select(parameter => parameter.Name).Order(StringComparer.Ordinal)];
            // A tied head is the embedding's matrix here.
            string[] recorded = [.. run.GetProperty("merged_changed").EnumerateArray().Select(name => name.GetString()!).Where(parameters.ContainsKey).Order(StringComparer.Ordinal)];
            yield return GoldenResult.Equal(changed.SequenceEqual(recorded), "merging changes " + string.Join(", ", changed));
            string logits = golden.Tensors.ContainsKey("logits_merged") ? "logits_merged" : "logits_final";
            yield return compareLogits(golden.Floats(logits), "logits after merging");
            merged.Unmerge();
        }

        method.Detach();
        yield return GoldenResult.Equal(parameters.Values.All(parameter => parameter.Value.eq(before[parameter.Name]).all().item<bool>()), "unmerging does not give the base back bit for bit");
        method.Attach();
        foreach (Tensor tensor in before.Values) tensor.Dispose();
    }
}
