using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>Tensors of a safetensors checkpoint, read straight into their memory; also those that bitsandbytes packed.</summary>
internal sealed class SafetensorsTensors(CheckpointFolder checkpoint, HfConfig? config = null) : IStoredTensors
{
    private readonly BitsAndBytesTensors _packed = new(checkpoint, config);

    public string Path => checkpoint.Path;

    public IEnumerable<string> Names => checkpoint.Tensors.Keys.Where(name => !_packed.IsPart(name));

    public IReadOnlyList<long>? ShapeOf(string name) => _packed.ShapeOf(name) ?? checkpoint.Tensors.GetValueOrDefault(name)?.Shape;

    public string? PackingOf(string name) => _packed.PackingOf(name);

    public PackedMatrix ReadPacked(string name) => _packed.Read(name);

    public unsafe Tensor Read(string name, ScalarType? type)
    {
        if (_packed.PackingOf(name) is not null)
        {
            using PackedMatrix packed = _packed.Read(name);
            Tensor unpacked = empty([packed.Rows, packed.Columns], dtype: type ?? ScalarType.Float32).DetachFromDisposeScope();
            packed.Unpack(0, unpacked);
            return unpacked;
        }
        TensorEntry entry = checkpoint.Tensors[name];
        ScalarType stored = TypeOf(entry);
        Tensor value = empty([.. entry.Shape], dtype: stored).DetachFromDisposeScope();
        try
        {
            checkpoint.Read(name, TensorMemory.Pointer(value));
            return ConvertedTensor.Of(value, type ?? stored);
        }
        catch
        {
            value.Dispose();
            throw;
        }
    }

    private ScalarType TypeOf(TensorEntry entry) => entry.DType switch
    {
        TensorDType.F32 => ScalarType.Float32,
        TensorDType.BF16 => ScalarType.BFloat16,
        TensorDType.F16 => ScalarType.Float16,
        TensorDType.F64 => ScalarType.Float64,
        _ => throw new InvalidInputException($"The tensor {entry.Name} is stored as {entry.DType.Code()}. Weights must be F32, BF16 or F16.", checkpoint.Path,
            "Use the model's version with float32, bfloat16 or float16 weights."),
    };
}

/// <summary>Changes the type of a tensor that was read.</summary>
internal static class ConvertedTensor
{
    /// <summary>The tensor itself, or a converted one in its place.</summary>
    public static Tensor Of(Tensor value, ScalarType type)
    {
        if (value.dtype == type) return value;
        Tensor converted = value.to(type).DetachFromDisposeScope();
        value.Dispose();
        return converted;
    }
}
