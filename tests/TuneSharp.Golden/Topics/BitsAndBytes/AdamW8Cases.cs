using System.Globalization;
using System.Text.Json;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Nn;
using TuneSharp.Nn.Runtime;
using TuneSharp.Training.Optimizers;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>
/// AdamW with states of eight bits over given gradients: parameters, codes and scales after each recorded step. Where the
/// recording kept a reference instead of a copy, an early step's tensor holds the last step's numbers: it is compared there only,
/// and a parameter whose start was lost that way is not compared. The states do not depend on it.
/// </summary>
internal static class AdamW8Cases
{
    private const double Tolerance = 1e-6;

    public static GoldenResult Compare(JsonElement json, string tensors)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        string[] names = [.. file.Tensors.Keys.Where(key => key.EndsWith(".0", StringComparison.Ordinal)).Select(key => key[..^2]).Order(StringComparer.Ordinal)];
        Parameter[] parameters = [.. names.Select(name => new Parameter(name, Tensor(file, name + ".0")))];
        IUpdateRule rule = OptimizerCatalog.Rule("adamw_bnb_8bit", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["beta1"] = json.GetProperty("betas")[0].GetRawText(),
            ["beta2"] = json.GetProperty("betas")[1].GetRawText(),
            ["eps"] = json.GetProperty("eps").GetRawText(),
            ["min_8bit_size"] = json.GetProperty("min_8bit_size").GetRawText(),
            ["codes"] = "lookup",
        });
        using var optimizer = new Optimizer("adamw_bnb_8bit", rule, [new ParameterGroup(parameters, json.GetProperty("weight_decay").GetDouble())]);
        var results = new List<GoldenResult>();
        int last = json.GetProperty("steps").GetInt32();
        for (int step = 1; step <= last; step++)
        {
            foreach (Parameter p in parameters)
            {
                p.ClearGrad();
                p.Add(Tensor(file, string.Create(CultureInfo.InvariantCulture, $"{p.Name}.grad.{step}")));
            }
            optimizer.Step(json.GetProperty("lr").GetDouble());
            foreach (Parameter p in parameters) results.AddRange(CompareAfter(step, last, p, optimizer, file));
        }
        foreach (Parameter p in parameters) p.Dispose();
        return GoldenResult.All(results);
    }

    private static IEnumerable<GoldenResult> CompareAfter(int step, int last, Parameter parameter, Optimizer optimizer, SafetensorsFile file)
    {
        string At(string part, int when) => string.Create(CultureInfo.InvariantCulture, $"{parameter.Name}{part}.{when}");
        string Key(string part) => At(part, step);
        bool Recorded(string part) => file.Tensors.ContainsKey(Key(part)) && (step == last || !file.Tensors.ContainsKey(At(part, last)) || !file.Bytes(Key(part)).AsSpan().SequenceEqual(file.Bytes(At(part, last))));
        bool startIsLost = file.Bytes(At("", 0)).AsSpan().SequenceEqual(file.Bytes(At("", last)));
        if (!startIsLost && Recorded("")) yield return GoldenTensors.Close(parameter.Value.data<float>().ToArray(), file.Floats(Key("")), Tolerance, Key(""));
        foreach ((string recorded, string own) in ((string, string)[])[("state1", "exp_avg"), ("state2", "exp_avg_sq")])
        {
            if (!Recorded("." + recorded)) continue;
            byte[] codes = optimizer.State[$"{own}.{parameter.Name}"].bytes.ToArray(), expected = file.Bytes(Key("." + recorded));
            yield return RecordedBytes.Same<byte>(codes, expected, Key("." + recorded));
            float[] absmax = file.Floats(Key("." + recorded.Replace("state", "absmax", StringComparison.Ordinal)));
            yield return GoldenTensors.Close(optimizer.State[$"{own}_absmax.{parameter.Name}"].data<float>().ToArray(), absmax, Tolerance * absmax.Max(), Key(".absmax of " + recorded));
        }
    }

    private static unsafe Tensor Tensor(SafetensorsFile file, string name)
    {
        TensorEntry entry = file.Require(name);
        Tensor value = empty([.. entry.Shape], dtype: ScalarType.Float32);
        file.Read(entry, TensorMemory.Pointer(value));
        return value;
    }
}
