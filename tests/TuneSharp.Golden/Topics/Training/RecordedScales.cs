using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.BitsAndBytes;
using TuneSharp.Kernels;

namespace TuneSharp.Golden.Topics.Training;

/// <summary>
/// The packed matrices of a QLoRA case with the scales that the recording computed with. bitsandbytes' AVX-512 code, where the
/// columns are a multiple of 16 but not of the block (trap 1 of quant/README.md), takes for each 16 numbers of a row the scale
/// (row · ⌊columns / block⌋ + ⌊column / block⌋) instead of that of their flat block; <c>dequantized.*</c> of the same file shows it. Such
/// a matrix is the same codes with blocks of 16 and those scales: so it is handed to the program, whose own rule is the flat one.
/// </summary>
internal static class RecordedScales
{
    private const int Run = 16;
    private const string StateMark = ".quant_state.bitsandbytes__";

    public static Dictionary<string, TensorToWrite> Of(SafetensorsFile stored)
    {
        Dictionary<string, TensorToWrite> tensors = stored.Tensors.Values.Where(entry => !entry.Name.StartsWith(QuantisedBase.UnpackedMark, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name, entry => QuantisedBase.Copy(stored, entry), StringComparer.Ordinal);
        foreach (string state in stored.Tensors.Keys.Where(key => key.Contains(StateMark, StringComparison.Ordinal)).ToArray())
        {
            JsonObject json = JsonNode.Parse(stored.Bytes(state))!.AsObject();
            int rows = json["shape"]![0]!.GetValue<int>(), columns = json["shape"]![1]!.GetValue<int>(), block = json["blocksize"]!.GetValue<int>();
            if (columns % Run != 0 || columns % block == 0) continue;
            string weight = state[..state.IndexOf(StateMark, StringComparison.Ordinal)];
            float[] absmax = Scales(stored, weight, json);
            float[] used = [.. from row in Enumerable.Range(0, rows) from run in Enumerable.Range(0, columns / Run) select absmax[(row * (columns / block)) + (run * Run / block)]];
            json["blocksize"] = Run;
            foreach (string nested in json.Select(pair => pair.Key).Where(key => key.StartsWith("nested_", StringComparison.Ordinal)).ToArray()) json.Remove(nested);
            tensors[state] = Bytes(state, TensorDType.U8, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
            tensors[weight + ".absmax"] = Bytes(weight + ".absmax", TensorDType.F32, MemoryMarshal.AsBytes(used.AsSpan()).ToArray());
            tensors.Remove(weight + ".nested_absmax");
            tensors.Remove(weight + ".nested_quant_map");
        }
        return tensors;
    }

    private static float[] Scales(SafetensorsFile stored, string weight, JsonObject json)
    {
        if (json["nested_offset"] is not { } offset) return stored.Floats(weight + ".absmax");
        byte[] codes = stored.Bytes(weight + ".absmax");
        float[] absmax = new float[codes.Length];
        NestedScales.Dequantise(EightBitMap.Of(stored.Floats(weight + ".nested_quant_map")), codes, stored.Floats(weight + ".nested_absmax"), json["nested_blocksize"]!.GetValue<int>(), (float)offset.GetValue<double>(), 0, absmax);
        return absmax;
    }

    private static TensorToWrite Bytes(string name, TensorDType type, byte[] bytes) => new(name, type, [bytes.Length / type.ByteSize()], stream => stream.Write(bytes));
}
