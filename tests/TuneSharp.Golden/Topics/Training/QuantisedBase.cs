using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training.Peft;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// The base of a QLoRA case: the packed part of a state dict as bitsandbytes and transformers make it, and a few unpacked weights to
/// compare with. All else is that of the dense base.
/// </summary>
internal static class QuantisedBase
{
    public const string FileName = "quantized_base.safetensors";

    internal const string UnpackedMark = "dequantized.";

    /// <summary>Loads it as a checkpoint folder, which is gone afterwards.</summary>
    public static ICausalLm Load(string basePath, string caseFolder)
    {
        string folder = Directory.CreateTempSubdirectory("tunesharp-base-").FullName;
        try
        {
            using SafetensorsFile stored = SafetensorsFile.Open(Path.Combine(caseFolder, FileName)), dense = SafetensorsFile.Open(Path.Combine(basePath, "model.safetensors"));
            File.Copy(Path.Combine(basePath, "config.json"), Path.Combine(folder, "config.json"));
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"),
            [
                .. RecordedScales.Of(stored).Values,
                .. dense.Tensors.Values.Where(entry => !stored.Tensors.ContainsKey(entry.Name)).Select(entry => Copy(dense, entry)),
            ]);
            return ModelCatalog.Load(folder, new ModelSettings { ComputeDtype = "float32" });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static TensorToWrite Copy(SafetensorsFile file, TensorEntry entry) => new(entry.Name, entry.DType, entry.Shape, stream => stream.Write(file.ReadBytes(entry)));

    /// <summary>The recorded unpacked weights bit for bit, and the base's logits.</summary>
    public static IEnumerable<GoldenResult> Compare(CaseModel model, string caseFolder, SafetensorsFile golden, SafetensorsFile batches)
    {
        using SafetensorsFile stored = SafetensorsFile.Open(Path.Combine(caseFolder, FileName));
        foreach (string key in stored.Tensors.Keys.Where(key => key.StartsWith(UnpackedMark, StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            Linear linear = model.Model.Linears.First(linear => linear.Weight.Name == key[UnpackedMark.Length..]);
            yield return GoldenTensors.Close(linear.CopyWeight_OI(ScalarType.Float32).data<float>().ToArray(), stored.Floats(key), 0, key);
        }
        if (golden.Tensors.ContainsKey("logits_quantized_base"))
            yield return model.CompareLogits(batches, golden.Floats("logits_quantized_base"), "logits of the quantised base");
    }
}
