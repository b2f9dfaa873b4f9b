using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Peft;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>What training left: the adapter as it is written, an encoder that PEFT does not save, parameters of the model itself.</summary>
/// <param name="run">The run, when it is over.</param>
internal sealed class MethodValues(ITuningMethod method, MethodRun run)
{
    private const double WeightTolerance = 1e-4;

    private readonly HashSet<string> _noise = [.. run.Noise.Select(PeftRecords.Plain)];

    public IEnumerable<GoldenResult> Compare(string folder) => method.ToAdapter() is { } written
        ? [.. Adapter(written, folder), .. Parameters(folder, "encoder_final.safetensors")]
        : Parameters(folder, "trainable_final.safetensors");

    private IEnumerable<GoldenResult> Adapter(AdapterContents written, string folder)
    {
        using AdapterFolder expected = AdapterFolder.Open(Path.Combine(folder, "adapter_final"));
        yield return GoldenResult.Equal(PeftRecords.SameConfig(written.Config, expected.Config), "adapter_config.json differs: " + written.Config.ToJsonString());
        string[] names = PeftRecords.Layout(written.Tensors), recorded = PeftRecords.Layout(expected.Weights);
        yield return GoldenResult.Equal(names.SequenceEqual(recorded), "tensor names or shapes differ: " + string.Join("; ", names.Except(recorded)));
        foreach (TensorToWrite tensor in written.Tensors)
            if (!_noise.Contains(tensor.Name) && expected.Weights.Tensors.ContainsKey(tensor.Name)) yield return CompareTensor(tensor, expected.Weights);
    }

    /// <summary>A tensor as it is written, against a recorded one, without elements that Adam moved for rounding's sake.</summary>
    public GoldenResult CompareTensor(TensorToWrite tensor, SafetensorsFile recorded)
    {
        float[] values = PeftRecords.Floats(tensor), wanted = recorded.Floats(tensor.Name);
        // Without a parameter: what a network made, a copy under a second name, or a matrix of the base.
        if (method.Trained.FirstOrDefault(parameter => method.StoredNameOf(parameter) == tensor.Name) is not { } own) return GoldenTensors.Close(values, wanted, WeightTolerance, $"{tensor.Name} after training");
        float[] seen = LoraRecords.Values(method, own, run.Tiny.Of(own));
        return GoldenTensors.Close(run.Tiny.Except(seen, values), run.Tiny.Except(seen, wanted), WeightTolerance, $"{tensor.Name} after training");
    }

    private IEnumerable<GoldenResult> Parameters(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path)) yield break;
        using SafetensorsFile final = SafetensorsFile.Open(path);
        Dictionary<string, string> recorded = final.Tensors.Keys.ToDictionary(PeftRecords.Plain, key => key);
        foreach (Parameter parameter in method.Trained.Where(p => !_noise.Contains(p.Name)))
        {
            if (!recorded.TryGetValue(parameter.Name, out string? key))
            {
                yield return GoldenResult.Equal(false, $"{parameter.Name} is trained, but not recorded");
                continue;
            }

            float[] seen = run.Tiny.Of(parameter).data<float>().ToArray();
            yield return GoldenTensors.Close(run.Tiny.Except(seen, parameter.Value.data<float>().ToArray()), run.Tiny.Except(seen, final.Floats(key)), WeightTolerance, $"{parameter.Name} after training");
        }
    }
}
