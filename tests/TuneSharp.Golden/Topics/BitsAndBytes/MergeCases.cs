using System.Text.Json;
using TorchSharp;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Kernels;
using TuneSharp.Models;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Peft;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>An adapter in a 4-bit base: beside it, merged into the unpacked weights, and merged and packed again as PEFT does.</summary>
internal static class MergeCases
{
    private const double LogitTolerance = 1e-4, WeightTolerance = 1e-5;

    public static IEnumerable<GoldenCase> Find(string folder, string name, JsonElement json, string tensors) =>
        ((string[])["unmerged", "dequantised", "requantised"]).Select(kind => new GoldenCase($"{name}/{kind}", () => Compare(folder, json, tensors, kind)));

    private static GoldenResult Compare(string folder, JsonElement json, string tensors, string kind)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(tensors);
        using ICausalLm model = ModelCatalog.Load(Path.Combine(folder, json.GetProperty("base").GetString()!), CheckpointCases.SettingsFor(false));
        using ITuningMethod method = PeftCatalog.LoadAdapter(Path.Combine(folder, json.GetProperty("adapter").GetString()!), model.Tunable);
        if (kind == "unmerged") return CheckpointCases.CompareLogits(model, golden, "logits.unmerged", LogitTolerance, "logits");
        string merged = Directory.CreateTempSubdirectory("tunesharp-merged-").FullName;
        try
        {
            var parts = new List<GoldenResult>();
            Write(model, method, merged, (weight, values_OI) =>
            {
                if (kind == "dequantised")
                {
                    if (golden.Tensors.ContainsKey($"dequantised.{weight.Name}")) parts.Add(GoldenTensors.Close(values_OI.data<float>().ToArray(), golden.Floats($"dequantised.{weight.Name}"), WeightTolerance, weight.Name));
                    return;
                }
                using FourBitMatrix again = PackAgain(weight, values_OI);
                parts.AddRange(CompareBytes(again, golden, "requantised." + weight.Name[..^".weight".Length]));
                again.Unpack(0, values_OI);
            });
            using ICausalLm dense = ModelCatalog.Load(merged, CheckpointCases.SettingsFor(false), model.Config);
            parts.Add(CheckpointCases.CompareLogits(dense, golden, "logits." + kind, LogitTolerance, "logits"));
            return GoldenResult.All(parts);
        }
        finally
        {
            Directory.Delete(merged, recursive: true);
        }
    }

    private static FourBitMatrix PackAgain(Parameter weight, Tensor values_OI)
    {
        var before = (FourBitMatrix)weight.Packed!;
        return FourBitMatrix.Quantise(values_OI, before.Table, before.BlockSize, before.Scales is FourBitScales.Nested, CodeRule.LookUp);
    }

    private static IEnumerable<GoldenResult> CompareBytes(FourBitMatrix found, SafetensorsFile golden, string prefix)
    {
        if (!golden.Tensors.ContainsKey(prefix + ".packed")) yield break;
        // Sums in another order move a number over a midpoint now and then: by one code.
        yield return OneCodeOff([.. found.Packed.data<byte>().SelectMany(b => (int[])[b >> 4, b & 15])], [.. golden.Bytes(prefix + ".packed").SelectMany(b => (int[])[b >> 4, b & 15])], prefix + ".packed");
        if (found.Scales is not FourBitScales.Nested nested) yield break;
        yield return OneCodeOff([.. nested.Codes.data<byte>().Select(code => (int)code)], [.. golden.Bytes(prefix + ".absmax").Select(code => (int)code)], prefix + ".absmax");
        yield return GoldenTensors.Close(nested.Absmax.data<float>().ToArray(), golden.Floats(prefix + ".nested_absmax"), 1e-6, prefix + ".nested_absmax");
        yield return RecordedRows.Absolute(nested.Offset, golden.Floats(prefix + ".offset")[0], 1e-6, prefix + ".offset");
    }

    private static GoldenResult OneCodeOff(int[] found, int[] expected, string what)
    {
        int[] off = [.. found.Zip(expected, (f, e) => Math.Abs(f - e))];
        double share = off.Count(difference => difference > 0) / (double)off.Length;
        return new GoldenResult(found.Length == expected.Length && off.Max() <= 1 && share <= 1e-2, share, 1e-2, what);
    }

    /// <summary>A dense checkpoint with what the adapter adds; <paramref name="see"/> may change each sum.</summary>
    private static void Write(ICausalLm model, ITuningMethod method, string folder, Action<Parameter, Tensor> see)
    {
        ILookup<string, WeightChange> changes = method.WeightChanges!.ToLookup(change => change.Parameter.Name);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [.. model.Parameters.Select(parameter => new TensorToWrite(parameter.Name, TensorDType.F32, parameter.Shape, stream =>
        {
            using DisposeScope scope = NewDisposeScope();
            using var off = no_grad();
            Tensor values = parameter.Packed is { } packed ? Unpacked(packed) : parameter.Value.to(ScalarType.Float32, copy: true);
            foreach (WeightChange change in changes[parameter.Name]) change.Apply(values);
            if (parameter.Packed is not null) see(parameter, values);
            TensorMemory.Write(values, stream);
        }))]);
    }

    private static Tensor Unpacked(PackedMatrix packed)
    {
        Tensor values = empty([packed.Rows, packed.Columns], dtype: ScalarType.Float32);
        packed.Unpack(0, values);
        return values;
    }
}
