using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Safetensors;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>In which types the numbers of a checkpoint are stored. No number is read.</summary>
/// <param name="Dense">The type of most weights that are not packed.</param>
/// <param name="IsBFloat16">All of those are bfloat16.</param>
/// <param name="NumElements">Of all tensors; a packed byte counts as one.</param>
/// <param name="PackedBits">Bits for a weight of those matrices that are packed in the file, scales included; null: none is.</param>
internal sealed record StoredTypes(ScalarType Dense, bool IsBFloat16, long NumElements, double? PackedBits)
{
    public static StoredTypes Of(GgufFile file)
    {
        bool isBFloat16 = file.Tensors.Values.All(tensor => tensor.Shape.Count < 2 || tensor.Type == GgmlType.BF16);
        GgufTensor[] packed = [.. file.Tensors.Values.Where(tensor => tensor.Shape.Count == 2 && tensor.Type.IsQuantised())];
        return new StoredTypes(isBFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, isBFloat16, file.Tensors.Values.Sum(tensor => tensor.NumElements),
            packed.Length == 0 ? null : 8.0 * packed.Sum(tensor => tensor.ByteLength) / packed.Sum(tensor => tensor.NumElements));
    }

    public static StoredTypes Of(CheckpointFolder checkpoint)
    {
        var tensors = new BitsAndBytesTensors(checkpoint, null);
        ILookup<bool, TensorEntry> isPacked = checkpoint.Tensors.Values.ToLookup(entry => tensors.IsPart(entry.Name) || tensors.PackingOf(entry.Name) is not null);
        TensorDType most = isPacked[false].GroupBy(entry => entry.DType).MaxBy(group => group.Sum(entry => entry.NumElements))?.Key ?? TensorDType.F32;
        ScalarType dense = most switch { TensorDType.BF16 => ScalarType.BFloat16, TensorDType.F16 => ScalarType.Float16, TensorDType.F64 => ScalarType.Float64, _ => ScalarType.Float32 };
        long weights = isPacked[true].Sum(entry => tensors.PackingOf(entry.Name) is null ? 0 : tensors.ShapeOf(entry.Name)!.Aggregate(1L, (product, size) => product * size));
        return new StoredTypes(dense, isPacked[false].All(entry => entry.DType == TensorDType.BF16), checkpoint.Tensors.Values.Sum(entry => entry.NumElements),
            weights == 0 ? null : 8.0 * isPacked[true].Sum(entry => entry.ByteLength) / weights);
    }
}
