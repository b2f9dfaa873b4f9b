using System.Text.Json;
using TorchSharp;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Models;
using TuneSharp.Models.Settings;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>Checkpoints as transformers saves them: logits, unpacked weights, and the same bytes from the float32 checkpoint.</summary>
internal static class CheckpointCases
{
    private const double LogitTolerance = 1e-4, BFloat16Share = 5e-2;

    public static IEnumerable<GoldenCase> Find(string folder, string name, JsonElement json, string tensors)
    {
        yield return new GoldenCase($"{name}/float32", () => Logits(Path.Combine(folder, "llama"), "float32", tensors));
        foreach (JsonProperty checkpoint in json.GetProperty("checkpoints").EnumerateObject())
        {
            string path = Path.Combine(folder, "llama_" + checkpoint.Name);
            yield return new GoldenCase($"{name}/{checkpoint.Name}", () => Logits(path, checkpoint.Name, tensors));
            if (!checkpoint.Name.EndsWith("bf16", StringComparison.Ordinal))
                yield return new GoldenCase($"{name}/{checkpoint.Name}/bytes", () => Bytes(Path.Combine(folder, "llama"), path));
        }
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        foreach (string weight in file.Tensors.Keys.Where(key => key.StartsWith("dequantised.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return new GoldenCase($"{name}/{weight}", () => Unpacked(folder, json, weight, tensors));
    }

    /// <summary>A bfloat16 model is computed in bfloat16.</summary>
    public static ModelSettings SettingsFor(bool bfloat16) => bfloat16 ? new ModelSettings { WeightsDtype = "bfloat16", ComputeDtype = "bfloat16" } : new ModelSettings { ComputeDtype = "float32" };

    /// <summary>Logits at the real tokens of the file's rows.</summary>
    public static GoldenResult CompareLogits(ICausalLm model, SafetensorsFile file, string key, double tolerance, string what)
    {
        int v = model.Shape.VocabularySize, width = (int)file.Require("input_ids").Shape[1];
        int[] mask = file.Ids("attention_mask"), ids = file.Ids("input_ids");
        int[][] rows = [.. ids.Chunk(width).Select((row, r) => row.Where((_, i) => mask[(r * width) + i] == 1).ToArray())];
        float[] expected = [.. file.Floats(key).Chunk(v).Where((_, token) => mask[token] == 1).SelectMany(row => row)];
        using var scope = NewDisposeScope();
        using Workspace workspace = model.CreateWorkspace();
        using TokenBatch batch = TokenBatch.FromRows(rows);
        using var tape = new Tape(workspace, recording: false);
        float[] found = model.Head.Forward(tape, model.Hidden(tape, batch)).Data.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        return GoldenTensors.Close(found, expected, tolerance, what);
    }

    private static GoldenResult Logits(string path, string name, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        bool narrow = name.EndsWith("bf16", StringComparison.Ordinal);
        using ICausalLm model = ModelCatalog.Load(path, SettingsFor(narrow));
        float[] expected = file.Floats("logits." + name);
        return CompareLogits(model, file, "logits." + name, narrow ? BFloat16Share * (expected.Max() - expected.Min()) : LogitTolerance, "logits");
    }

    private static GoldenResult Unpacked(string folder, JsonElement json, string key, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        string weight = key["dequantised.".Length..];
        float[] expected = file.Floats(key);
        var reasons = new List<GoldenResult>();
        foreach (JsonProperty checkpoint in json.GetProperty("checkpoints").EnumerateObject())
        {
            using var scope = NewDisposeScope();
            using ICausalLm model = ModelCatalog.Load(Path.Combine(folder, "llama_" + checkpoint.Name), SettingsFor(false));
            GoldenResult result = RecordedBytes.SameBits(model.Linears.First(linear => linear.Weight.Name == weight).CopyWeight_OI(ScalarType.Float32).data<float>().ToArray(), expected, checkpoint.Name);
            if (result.Agreed) return result;
            reasons.Add(result);
        }
        return GoldenResult.All(reasons);
    }

    /// <summary>What this program packs while it loads is what bitsandbytes saved; codes of scales may differ by one (its look-up is inexact).</summary>
    private static GoldenResult Bytes(string dense, string path)
    {
        using ICausalLm saved = ModelCatalog.Load(path, SettingsFor(false));
        var first = saved.Linears[0].Weight.Packed;
        using ICausalLm own = ModelCatalog.Load(dense, SettingsFor(false) with
        {
            Quantization = first!.Storage,
            QuantizationBlockSize = first is FourBitMatrix four ? four.BlockSize : 64,
            DoubleQuantization = first is FourBitMatrix { Scales: FourBitScales.Nested },
        });
        return GoldenResult.All(saved.Linears.Zip(own.Linears, (a, b) => Same(a.Name, a.Weight.Packed!, b.Weight.Packed!)));
    }

    private static GoldenResult Same(string name, PackedMatrix a, PackedMatrix b) => (a, b) switch
    {
        (FourBitMatrix x, FourBitMatrix y) => GoldenResult.All([Same(name, x.Packed, y.Packed), Same(name, x.Scales, y.Scales)]),
        (Int8Matrix x, Int8Matrix y) => GoldenResult.All([Same(name, x.Codes, y.Codes), Same(name, x.Absmax, y.Absmax)]),
        _ => GoldenResult.Equal(false, name + ": another storage"),
    };

    private static GoldenResult Same(string name, FourBitScales a, FourBitScales b) => (a, b) switch
    {
        (FourBitScales.Plain x, FourBitScales.Plain y) => Same(name, x.Absmax, y.Absmax),
        (FourBitScales.Nested x, FourBitScales.Nested y) => GoldenTensors.Close([.. x.Codes.data<byte>().Select(code => (float)code)], [.. y.Codes.data<byte>().Select(code => (float)code)], 1, name + ": codes of scales"),
        _ => GoldenResult.Equal(false, name + ": other scales"),
    };

    private static unsafe GoldenResult Same(string name, Tensor a, Tensor b) => RecordedBytes.Same<byte>(
        new ReadOnlySpan<byte>(TensorMemory.Pointer(a), (int)TensorMemory.ByteLength(a)), new ReadOnlySpan<byte>(TensorMemory.Pointer(b), (int)TensorMemory.ByteLength(b)), name);
}
