using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Kernels;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Models.Weights;

/// <summary>
/// Matrices that transformers saved with bitsandbytes: beside the codes <c>M.weight</c> lie their scales (<c>M.weight.absmax</c>,
/// <c>M.weight.nested_absmax</c>, …) and a description (<c>M.weight.quant_state.bitsandbytes__nf4</c>), or for bytes by rows
/// <c>M.SCB</c>.
/// </summary>
internal sealed class BitsAndBytesTensors
{
    private const string StateMark = ".quant_state.bitsandbytes__", RowScales = ".SCB";

    private static readonly string[] FourBitParts = [".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"];

    private readonly CheckpointFolder _checkpoint;
    private readonly double _threshold;
    private readonly Dictionary<string, FourBitState> _fourBit = new(StringComparer.Ordinal);
    private readonly HashSet<string> _bytes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parts = new(StringComparer.Ordinal);

    /// <param name="checkpoint">With or without such matrices.</param>
    /// <param name="config">Knows the threshold of LLM.int8.</param>
    public BitsAndBytesTensors(CheckpointFolder checkpoint, HfConfig? config)
    {
        _checkpoint = checkpoint;
        _threshold = config?.GetObject("quantization_config")?.GetDouble("llm_int8_threshold", 0, 1e9, Int8Matrix.UsualThreshold) ?? Int8Matrix.UsualThreshold;
        foreach (string name in checkpoint.Tensors.Keys)
        {
            if (name.IndexOf(StateMark, StringComparison.Ordinal) is var mark and > 0) AddFourBit(name[..mark], name);
            else if (name.EndsWith(RowScales, StringComparison.Ordinal)) AddBytes(name[..^RowScales.Length], name);
        }
    }

    /// <summary>Whether the tensor is no weight but belongs to one.</summary>
    public bool IsPart(string name) => _parts.Contains(name);

    /// <summary>"nf4", "fp4", "int8"; null: stored in another way.</summary>
    public string? PackingOf(string name) => _fourBit.TryGetValue(name, out FourBitState? state) ? state.Table.Name : _bytes.Contains(name) ? "int8" : null;

    /// <summary>The matrix's shape; null for what is not packed.</summary>
    public IReadOnlyList<long>? ShapeOf(string name) =>
        _fourBit.TryGetValue(name, out FourBitState? state) ? [state.Rows, state.Columns] : _bytes.Contains(name) ? _checkpoint.Tensors[name].Shape : null;

    /// <param name="name">One that has a <see cref="PackingOf"/>.</param>
    public PackedMatrix Read(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        if (!_fourBit.TryGetValue(name, out FourBitState? state))
            return new Int8Matrix(Read(name, TensorDType.I8, null, ScalarType.Int8), Read(name[..^".weight".Length] + RowScales, TensorDType.F32, _checkpoint.Tensors[name].Shape[0], ScalarType.Float32), _threshold);

        long count = checked(state.Rows * state.Columns);
        int blocks = EightBitBlocks.NumBlocks(count, state.BlockSize);
        Tensor packed = Read(name, null, FourBitBlocks.NumBytes(count), ScalarType.Byte);
        CheckTable(name, state.Table);
        return new FourBitMatrix(state.Rows, state.Columns, state.Table, state.BlockSize, packed, Scales(name, state, blocks));
    }

    private FourBitScales Scales(string name, FourBitState state, int blocks)
    {
        if (state.NestedOffset is not { } offset) return new FourBitScales.Plain(Read(name + ".absmax", TensorDType.F32, blocks, ScalarType.Float32));
        Tensor codes = Read(name + ".absmax", TensorDType.U8, blocks, ScalarType.Byte);
        Tensor nested = Read(name + ".nested_absmax", TensorDType.F32, EightBitBlocks.NumBlocks(blocks, state.NestedBlockSize), ScalarType.Float32);
        using Tensor map = Read(name + ".nested_quant_map", TensorDType.F32, 256, ScalarType.Float32);
        return new FourBitScales.Nested(codes, nested, offset, MapOf(name, map), state.NestedBlockSize);
    }

    private EightBitMap MapOf(string name, Tensor map)
    {
        try
        {
            return EightBitMap.Of(map.data<float>().ToArray());
        }
        catch (ArgumentException)
        {
            throw Damaged(name + ".nested_quant_map", "its 256 numbers do not ascend");
        }
    }

    private void CheckTable(string name, FourBitTable table)
    {
        using Tensor values = Read(name + ".quant_map", TensorDType.F32, 16, ScalarType.Float32);
        if (!values.data<float>().ToArray().AsSpan().SequenceEqual(table.Values)) throw Damaged(name + ".quant_map", $"it is not the table of {table.Name}");
    }

    /// <param name="type">Null: whatever it is called, the bytes count.</param>
    /// <param name="length">Numbers, or without a type bytes; null: any.</param>
    private unsafe Tensor Read(string name, TensorDType? type, long? length, ScalarType read)
    {
        if (!_checkpoint.Tensors.TryGetValue(name, out TensorEntry? entry)) throw Damaged(name, "it is missing");
        if (type is not null && entry.DType != type) throw Damaged(name, $"it is stored as {entry.DType.Code()} instead of {type.Value.Code()}");
        if (length is not null && (type is null ? entry.ByteLength : entry.NumElements) != length)
            throw Damaged(name, $"it has {(type is null ? entry.ByteLength : entry.NumElements)} {(type is null ? "bytes" : "numbers")} instead of {length}");
        Tensor values = type is null ? empty(entry.ByteLength, dtype: read) : empty([.. entry.Shape], dtype: read);
        _checkpoint.Read(name, TensorMemory.Pointer(values));
        return values;
    }

    private void AddFourBit(string weight, string state)
    {
        _fourBit[weight] = FourBitState.Parse(ReadBytes(state), state, _checkpoint.Path);
        _parts.UnionWith([state, .. FourBitParts.Select(part => weight + part)]);
    }

    private void AddBytes(string module, string scales)
    {
        if (!_checkpoint.Tensors.TryGetValue(module + ".weight", out TensorEntry? entry) || entry.DType != TensorDType.I8 || entry.Shape.Count != 2)
            throw Damaged(scales, $"{module}.weight must be a matrix of type I8 beside it");
        _bytes.Add(entry.Name);
        _parts.UnionWith([scales, module + ".weight_format"]);
    }

    private byte[] ReadBytes(string name)
    {
        byte[] bytes = new byte[Math.Min(_checkpoint.Tensors[name].ByteLength, 1 << 16)];
        _checkpoint.Read(name, bytes);
        return bytes;
    }

    private InvalidInputException Damaged(string name, string why) => FourBitState.Damaged(name, why, _checkpoint.Path);
}
