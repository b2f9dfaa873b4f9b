using TuneSharp.Formats.Gguf;
using TuneSharp.Formats.Gguf.Blocks;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Models.Weights;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Gguf;

/// <summary>
/// Tensors of a GGUF file under their Hugging Face names, decoded row by row straight into their memory. Llama files keep the
/// rows of q and k in the order of interleaved rotary pairs (per head: first of pair 0, second of pair 0, first of pair 1, …);
/// they are put back into the two halves that Hugging Face has. Matrices of a GPT-2's blocks are turned round.
/// </summary>
internal sealed class GgufTensors : IStoredTensors
{
    private readonly GgufFile _file;
    private readonly GgufNames _names;
    private readonly AttentionShape? _interleaved;
    private readonly Dictionary<string, GgufTensor> _tensors = new(StringComparer.Ordinal);

    public GgufTensors(GgufFile file, HfConfig config)
    {
        _file = file;
        _names = GgufNames.Of(config.ModelType);
        _interleaved = config.ModelType == "llama" ? config.Attention : null;
        foreach (GgufTensor tensor in file.Tensors.Values)
            if (tensor.Name != GgufConfig.RopeFactors) _tensors.Add(_names.ToHf(tensor.Name) ?? tensor.Name, tensor);
    }

    public string Path => _file.Path;

    public IEnumerable<string> Names => _tensors.Keys;

    public IReadOnlyList<long>? ShapeOf(string name) => _tensors.GetValueOrDefault(name) is not { } tensor ? null : IsTransposed(name, tensor) ? [.. tensor.Shape.Reverse()] : tensor.Shape;

    public unsafe Tensor Read(string name, ScalarType? type)
    {
        GgufTensor tensor = _tensors[name];
        Func<long, long>? rowOf = RowOrder(name);
        ScalarType? asStored = tensor.Type switch
        {
            GgmlType.F32 => ScalarType.Float32,
            GgmlType.F16 => ScalarType.Float16,
            GgmlType.BF16 => ScalarType.BFloat16,
            _ => null,
        };
        bool raw = asStored is { } stored && stored == (type ?? stored);
        Tensor value = empty([.. tensor.Shape], dtype: raw ? asStored!.Value : ScalarType.Float32).DetachFromDisposeScope();
        try
        {
            // The rows of a vector are its numbers: a bias is put in order like the weight it belongs to.
            GgufTensor rows = tensor.Shape.Count == 1 && rowOf is not null ? tensor with { Shape = [tensor.Shape[0], 1] } : tensor;
            if (raw) _file.ReadStored(rows, TensorMemory.Pointer(value), rowOf);
            else _file.ReadFloat32(rows, (float*)TensorMemory.Pointer(value), rowOf);
            if (IsTransposed(name, tensor)) value = Transposed(value);
            return ConvertedTensor.Of(value, type ?? asStored ?? ScalarType.BFloat16);
        }
        catch
        {
            value.Dispose();
            throw;
        }
    }

    public string? PackingOf(string name) => _tensors[name] is { Shape.Count: 2 } tensor && tensor.Type.IsQuantised() && !IsTransposed(name, tensor) ? tensor.Type.ToString() : null;

    public unsafe PackedMatrix ReadPacked(string name)
    {
        GgufTensor tensor = _tensors[name];
        if (!GgmlBlocks.CanDecode(tensor.Type)) throw GgmlBlocks.Unsupported(tensor, Path);
        Tensor blocks = empty(tensor.ByteLength, dtype: ScalarType.Byte).DetachFromDisposeScope();
        try
        {
            _file.ReadStored(tensor, TensorMemory.Pointer(blocks), RowOrder(name));
            return new GgufMatrix(tensor.Rows, tensor.Columns, tensor.Type, blocks);
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    private bool IsTransposed(string name, GgufTensor tensor) => tensor.Shape.Count == 2 && _names.IsTransposed(name);

    private static Tensor Transposed(Tensor value)
    {
        using Tensor view = value.t();
        Tensor turned = view.contiguous().DetachFromDisposeScope();
        value.Dispose();
        return turned;
    }

    private Func<long, long>? RowOrder(string name)
    {
        if (_interleaved is not { HeadDim: var width } || width % 2 != 0) return null;
        if (!name.Contains(".q_proj.", StringComparison.Ordinal) && !name.Contains(".k_proj.", StringComparison.Ordinal)) return null;
        return row =>
        {
            long head = row / width, place = row % width;
            return (head * width) + (place % 2 * (width / 2)) + (place / 2);
        };
    }
}
