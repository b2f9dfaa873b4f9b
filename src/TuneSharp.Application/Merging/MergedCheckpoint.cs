using System.Text.Json.Nodes;
using TorchSharp;
using TuneSharp.Formats;
using TuneSharp.Formats.Checkpoints;
using TuneSharp.Formats.Files;
using TuneSharp.Formats.Json;
using TuneSharp.Formats.ModelConfigs;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;
using static TorchSharp.torch;

namespace TuneSharp.Application.Merging;

/// <summary>
/// Writes the base's checkpoint again, shard by shard and tensor by tensor, with what the adapters add. In memory there is one
/// tensor at a time beside the adapters. What the base has packed in fewer bits becomes dense.
/// </summary>
internal sealed class MergedCheckpoint(CheckpointFolder source, IReadOnlyList<ITuningMethod> adapters, IReadOnlyList<Parameter> parameters, ScalarType? storage)
{
    private readonly Dictionary<string, PackedMatrix> _packed = parameters.Where(parameter => parameter.Packed is not null).ToDictionary(parameter => parameter.Name, parameter => parameter.Packed!, StringComparer.Ordinal);
    private readonly ILookup<string, WeightChange> _changes = adapters.SelectMany(method => method.WeightChanges
        ?? throw new InvalidInputException($"An adapter of the method {method.Name} cannot become part of the weights.", null, "Use it beside its base.")).ToLookup(change => change.Parameter.Name);
    private readonly HashSet<string> _met = [];
    private readonly Dictionary<TensorDType, long> _elements = [];

    /// <summary>Tensors whose stored bytes differ from the base's.</summary>
    public int NumChanged { get; private set; }

    public long BytesWritten { get; private set; }

    /// <summary>Tensors of the new checkpoint.</summary>
    public int NumTensors { get; private set; }

    /// <summary>The type of most elements.</summary>
    public TensorDType DType => _elements.MaxBy(pair => pair.Value).Key;

    /// <param name="folder">Exists; gets the weights under the base's file names, and the index if there is one.</param>
    /// <param name="progress">Told (bytes written, bytes in all).</param>
    public void Write(string folder, Action<long, long> progress, CancellationToken cancellation)
    {
        long total = source.Tensors.Values.Where(entry => !IsPart(entry.Name)).Sum(Bytes);
        foreach (string file in source.Files)
        {
            using SafetensorsFile shard = SafetensorsFile.Open(file);
            TensorToWrite[] tensors = [.. shard.Tensors.Values.Where(entry => !IsPart(entry.Name)).Select(entry => new TensorToWrite(entry.Name, Target(entry), ShapeOf(entry), stream =>
            {
                cancellation.ThrowIfCancellationRequested();
                WriteTensor(shard, entry, stream);
                BytesWritten += Bytes(entry);
                progress(BytesWritten, total);
            }))];
            NumTensors += tensors.Length;
            SafetensorsWriter.Write(Path.Combine(folder, Path.GetFileName(file)), tensors, new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" }, refuseNonFinite: true);
        }
        string[] missing = [.. _changes.Select(group => group.Key).Where(name => !_met.Contains(name))];
        if (missing.Length > 0) throw new InvalidInputException($"The checkpoint has no tensor {missing[0]}, which the adapter changes.", source.Path, "Use the base that the adapter was trained on.");
        if (source.Files.Count > 1) WriteIndex(folder, total);
    }

    /// <summary>Scales and descriptions of a matrix that the file has packed.</summary>
    private bool IsPart(string name)
    {
        int state = name.IndexOf(".weight.", StringComparison.Ordinal);
        string? weight = state > 0 ? name[..(state + ".weight".Length)]
            : name.EndsWith(".SCB", StringComparison.Ordinal) ? name[..^"SCB".Length] + "weight"
            : name.EndsWith(".weight_format", StringComparison.Ordinal) ? name[..^"_format".Length] : null;
        return weight is not null && _packed.ContainsKey(weight);
    }

    private IReadOnlyList<long> ShapeOf(TensorEntry entry) => _packed.TryGetValue(entry.Name, out PackedMatrix? packed) ? [packed.Rows, packed.Columns] : entry.Shape;

    private long Bytes(TensorEntry entry) => ShapeOf(entry).Aggregate((long)Target(entry).ByteSize(), (bytes, size) => bytes * size);

    /// <summary>A matrix that the file has packed becomes what most other weights are.</summary>
    private TensorDType StoredAs(TensorEntry entry) => IsFloat(entry.DType) || !_packed.ContainsKey(entry.Name) ? entry.DType
        : source.Tensors.Values.Where(other => IsFloat(other.DType) && !IsPart(other.Name)).GroupBy(other => other.DType).MaxBy(group => group.Sum(other => other.NumElements))?.Key ?? TensorDType.F32;

    private TensorDType Target(TensorEntry entry) => storage is null || !IsFloat(StoredAs(entry)) ? StoredAs(entry) : storage switch
    {
        ScalarType.BFloat16 => TensorDType.BF16,
        ScalarType.Float16 => TensorDType.F16,
        _ => TensorDType.F32,
    };

    private void WriteTensor(SafetensorsFile shard, TensorEntry entry, Stream stream)
    {
        _elements[Target(entry)] = _elements.GetValueOrDefault(Target(entry)) + entry.NumElements;
        _packed.TryGetValue(entry.Name, out PackedMatrix? packed);
        if (packed is null && !IsFloat(entry.DType))
        {
            stream.Write(shard.ReadBytes(entry));
            return;
        }
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor stored = packed is null ? empty([.. entry.Shape], dtype: TypeOf(entry.DType)) : empty([packed.Rows, packed.Columns], dtype: ScalarType.Float32);
        if (packed is null) StoredTensor.Read(shard, entry, stored);
        else packed.Unpack(0, stored);
        Tensor merged = stored;
        bool changes = _changes.Contains(entry.Name);
        if (changes)
        {
            _met.Add(entry.Name);
            // Several adapters add up before the one rounding to the stored type.
            merged = stored.to(entry.DType == TensorDType.F64 ? ScalarType.Float64 : ScalarType.Float32, copy: true);
            foreach (WeightChange change in _changes[entry.Name].OrderByDescending(change => change.Replaces).ThenBy(change => change.Scales)) change.Apply(merged);
        }
        Tensor result = merged.to(TypeOf(Target(entry))).contiguous();
        if (changes && !result.eq(stored.to(result.dtype)).all().item<bool>()) NumChanged++;
        TensorMemory.Write(result, stream);
    }

    private void WriteIndex(string folder, long bytes)
    {
        JsonObject index = StrictJson.ReadObject(Path.Combine(source.Path, CheckpointFolder.IndexFile), 256L << 20);
        JsonObject metadata = index["metadata"] as JsonObject ?? [];
        metadata["total_size"] = bytes;
        if (index["weight_map"] is JsonObject map) foreach (string part in map.Select(pair => pair.Key).Where(IsPart).ToArray()) map.Remove(part);
        index["metadata"] = metadata.DeepClone();
        AtomicFile.WriteText(Path.Combine(folder, CheckpointFolder.IndexFile), index.ToJsonString(Runs.RunJson.Indented) + "\n");
    }

    /// <summary>The base's config.json, with the type that the weights are stored in now.</summary>
    public void WriteConfig(string folder, HfConfig config)
    {
        JsonObject json = config.Json.DeepClone().AsObject();
        json.Remove("quantization_config");
        if (storage is { } type) json[json.ContainsKey("torch_dtype") ? "torch_dtype" : "dtype"] = type switch { ScalarType.BFloat16 => "bfloat16", ScalarType.Float16 => "float16", _ => "float32" };
        AtomicFile.WriteText(Path.Combine(folder, HfConfig.FileName), json.ToJsonString(Runs.RunJson.Indented) + "\n");
    }

    private static bool IsFloat(TensorDType type) => type is TensorDType.F64 or TensorDType.F32 or TensorDType.F16 or TensorDType.BF16;

    private static ScalarType TypeOf(TensorDType type) => type switch
    {
        TensorDType.F64 => ScalarType.Float64,
        TensorDType.F16 => ScalarType.Float16,
        TensorDType.BF16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };
}
