using System.Runtime.InteropServices;
using TuneSharp.Formats.Adapters;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Nn;
using TuneSharp.Peft;
using TuneSharp.Peft.Lora;
using TuneSharp.Peft.Lora.Initialisation;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training.Peft;

/// <summary>What only LoRA cases record: dropout's masks, the base that PiSSA and OLoRA leave, first magnitudes, the conversion into an ordinary LoRA.</summary>
internal static class LoraRecords
{
    private const double WeightTolerance = 1e-4, InitTolerance = 1e-5;

    /// <summary>A parameter's values or gradient as the recorded files lay them out.</summary>
    public static float[] Values(ITuningMethod method, Parameter parameter, Tensor tensor) =>
        (method is LoraMethod lora && IsTransposed(lora, parameter) ? tensor.t().contiguous() : tensor).data<float>().ToArray();

    public static void UseMasks(LoraMethod method, SafetensorsFile masks, SafetensorsFile batches, string prefix)
    {
        int[] attention = batches.Ids(prefix + ".attention_mask");
        foreach (LoraAdapter adapter in method.Adapters)
        {
            byte[] keep = masks.ReadBytes(masks.Require($"{prefix}.base_model.model.{adapter.Linear.Name}"));
            float kept = (float)(1 / (1 - adapter.Dropout));
            float[] real = [.. keep.Chunk(adapter.Linear.In).Where((_, token) => attention[token] == 1).SelectMany(row => row.Select(k => k * kept))];
            Tensor mask_TI = tensor(real).reshape(-1, adapter.Linear.In);
            adapter.RecordedMask = () => mask_TI;
        }
    }

    /// <summary>What was recorded before training.</summary>
    public static IEnumerable<GoldenResult> CompareStart(ITuningMethod method, SafetensorsFile golden, TunableModel model)
    {
        if (method is not LoraMethod lora) yield break;
        foreach (StartResidual residual in lora.Residuals)
        {
            string key = $"base_after_init.{residual.Lora.Linear.Name}.weight";
            if (!golden.Tensors.ContainsKey(key)) continue;
            using var scope = NewDisposeScope();
            Tensor left = residual.Lora.Linear.Weight.Value.clone();
            residual.Apply(left);
            yield return GoldenTensors.Close(left.data<float>().ToArray(), golden.Floats(key), InitTolerance, $"what {lora.Config.Start.ToText()} leaves of {residual.Lora.Linear.Name}");
        }

        string[] magnitudes = [.. golden.Tensors.Keys.Where(key => key.StartsWith("init_before_noise.", StringComparison.Ordinal) && key.Contains(LoraNames.Magnitude, StringComparison.Ordinal))];
        if (magnitudes.Length == 0) yield break;
        lora.Detach();
        using (LoraMethod fresh = LoraMethod.Create(lora.Config, model, seed: 1))
        {
            foreach (string key in magnitudes)
            {
                string name = key["init_before_noise.".Length..].Replace(".default.weight", "");
                Parameter found = fresh.Trained.Single(parameter => parameter.Name == name);
                yield return GoldenTensors.Close(found.Value.data<float>().ToArray(), golden.Floats(key), InitTolerance, $"first {name}");
            }
        }

        lora.Attach();
    }

    /// <summary>`adapter_final_as_lora`: config, names, shapes, and the product of each pair, whose factors are free.</summary>
    public static IEnumerable<GoldenResult> CompareConverted(ITuningMethod method, string folder)
    {
        string recorded = Path.Combine(folder, "adapter_final_as_lora");
        if (method is not LoraMethod lora || !Directory.Exists(recorded)) yield break;
        using AdapterFolder expected = AdapterFolder.Open(recorded);
        AdapterContents written = lora.ToPlainAdapter();
        yield return GoldenResult.Equal(PeftRecords.SameConfig(written.Config, expected.Config), "the converted adapter_config.json differs: " + written.Config.ToJsonString());
        yield return GoldenResult.Equal(PeftRecords.Layout(written.Tensors).SequenceEqual(PeftRecords.Layout(expected.Weights)), "names or shapes of the converted adapter differ");
        Dictionary<string, TensorToWrite> tensors = written.Tensors.ToDictionary(tensor => tensor.Name);
        foreach (string a in tensors.Keys.Where(name => name.EndsWith(LoraNames.A, StringComparison.Ordinal)))
        {
            string b = a.Replace(LoraNames.A, LoraNames.B);
            using var scope = NewDisposeScope();
            Tensor found = Matrix(PeftRecords.Floats(tensors[b]), tensors[b].Shape).mm(Matrix(PeftRecords.Floats(tensors[a]), tensors[a].Shape));
            Tensor wanted = Matrix(expected.Weights.Floats(b), expected.Weights.Require(b).Shape).mm(Matrix(expected.Weights.Floats(a), expected.Weights.Require(a).Shape));
            yield return GoldenTensors.Close(found.data<float>().ToArray(), wanted.data<float>().ToArray(), WeightTolerance, $"the converted product of {a}");
        }
    }

    private static Tensor Matrix(float[] values, IReadOnlyList<long> shape) => tensor(values).reshape([.. shape]);

    /// <summary>B, and both of an embedding, are held transposed.</summary>
    private static bool IsTransposed(LoraMethod lora, Parameter parameter) =>
        lora.Adapters.Any(adapter => adapter.B == parameter) || parameter == lora.Embedding?.A || parameter == lora.Embedding?.B;
}
