using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Errors;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Gguf;

/// <summary>What became of a GGUF file. One tensor at a time is in memory.</summary>
/// <param name="Tensors">Tensors written.</param>
/// <param name="Bytes">Bytes of their numbers.</param>
/// <param name="DType">The type of the matrices, as config.json names it.</param>
/// <param name="WasQuantised">The file's weights had been rounded to a few bits.</param>
public sealed record GgufConversion(int Tensors, long Bytes, string DType, bool WasQuantised)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal static GgufConversion Run(GgufFile file, HfConfig config, string folder, ScalarType? storage, Action<long, long>? progress, CancellationToken cancellation)
    {
        TorchRuntime.EnsureLoaded();
        file.CheckTypes();
        var names = GgufNames.Of(config.ModelType);
        GgufTensor[] sources = [.. file.Tensors.Values.Where(tensor => tensor.Name != GgufConfig.RopeFactors)];
        if (sources.FirstOrDefault(tensor => names.ToHf(tensor.Name) is null) is { } strange)
            throw new InvalidInputException($"The tensor {Quoted.Text(strange.Name)} belongs to no {config.ModelType} model.", file.Path, "Use another file of the model.");
        bool quantised = sources.Any(tensor => tensor.Type.IsQuantised());
        var tensors = new GgufTensors(file, config);
        long all = sources.Sum(tensor => tensor.NumElements * TypeOf(tensor).ByteSize()), done = 0;
        SafetensorsWriter.Write(Path.Combine(folder, CheckpointFolder.SingleFile), [.. sources.Select(tensor => new TensorToWrite(names.ToHf(tensor.Name)!, TypeOf(tensor), tensors.ShapeOf(names.ToHf(tensor.Name)!)!, stream =>
        {
            cancellation.ThrowIfCancellationRequested();
            using Tensor value = tensors.Read(names.ToHf(tensor.Name)!, ScalarOf(TypeOf(tensor)));
            TensorMemory.Write(value, stream);
            done += tensor.NumElements * TypeOf(tensor).ByteSize();
            progress?.Invoke(done, all);
        }))], new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });

        string dtype = sources.Where(tensor => tensor.Shape.Count > 1).Select(TypeOf).Distinct().OrderByDescending(type => type.ByteSize()).FirstOrDefault(TensorDType.F32) switch
        {
            TensorDType.BF16 => "bfloat16",
            TensorDType.F16 => "float16",
            _ => "float32",
        };
        JsonObject json = config.Json.DeepClone().AsObject();
        json["torch_dtype"] = dtype;
        AtomicFile.WriteText(Path.Combine(folder, HfConfig.FileName), json.ToJsonString(Indented) + "\n");
        return new GgufConversion(sources.Length, all, dtype, quantised);

        TensorDType TypeOf(GgufTensor tensor) => storage switch
        {
            ScalarType.Float32 => TensorDType.F32,
            ScalarType.BFloat16 => TensorDType.BF16,
            ScalarType.Float16 => TensorDType.F16,
            _ => tensor.Type switch { GgmlType.BF16 => TensorDType.BF16, GgmlType.F16 => TensorDType.F16, _ => TensorDType.F32 },
        };
    }

    private static ScalarType ScalarOf(TensorDType type) => type switch
    {
        TensorDType.BF16 => ScalarType.BFloat16,
        TensorDType.F16 => ScalarType.Float16,
        _ => ScalarType.Float32,
    };
}
