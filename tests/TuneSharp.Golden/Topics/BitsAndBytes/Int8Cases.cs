using System.Globalization;
using System.Text.Json;
using TorchSharp;
using TuneSharp.Formats.Safetensors;
using TuneSharp.Golden.Harness;
using TuneSharp.Golden.Topics.Training;
using TuneSharp.Kernels;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.BitsAndBytes;

/// <summary>LLM.int8: rows of bytes, the product of them, and a linear with and without training.</summary>
internal static class Int8Cases
{
    public static IEnumerable<GoldenCase> Find(string name, JsonElement json, string tensors)
    {
        foreach (JsonElement entry in json.GetProperty("cases").EnumerateArray())
            yield return new GoldenCase($"{name}/{entry.GetProperty("name").GetString()}", () => Rows(entry, tensors));
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        yield return new GoldenCase($"{name}/accumulator", () => Product(tensors));
        foreach (string linear in file.Tensors.Keys.Where(key => key.StartsWith("linear.", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            yield return new GoldenCase($"{name}/{linear}", () => Linear(linear, tensors));
    }

    private static GoldenResult Rows(JsonElement json, string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        string name = json.GetProperty("name").GetString()!, matrix = name.Split('.')[0];
        double threshold = json.GetProperty("threshold").GetDouble();
        float[] x = Halves(file, matrix);
        int columns = (int)file.Require(matrix).Shape[1];
        // As the matrix of a linear would make them of its input: outliers are 0, and so are their columns.
        int[] outliers = threshold == 0 ? [] : [.. Enumerable.Range(0, columns).Where(c => Enumerable.Range(0, x.Length / columns).Any(r => Math.Abs(x[(r * columns) + c]) >= threshold))];
        if (threshold > 0) x = [.. x.Select(value => Math.Abs(value) >= threshold ? 0 : value)];
        sbyte[] q = new sbyte[x.Length];
        float[] absmax = new float[x.Length / columns];
        Int8Rows.Quantise(x, columns, q, absmax);
        if (absmax.Length > 1) for (int i = 0; i < q.Length; i++) if (outliers.Contains(i % columns)) q[i] = 0;
        const float Step = 7.874015718698502e-3f;
        float[] back = [.. q.Select((code, i) => code * absmax[i / columns] * Step)];
        var parts = new List<GoldenResult>
        {
            RecordedBytes.SameBits(absmax, file.Floats(name + ".row_absmax"), "absmax"),
            RecordedBytes.Same<sbyte>(q, file.Numbers<sbyte>(name + ".q"), "bytes"),
            GoldenTensors.Close(back, file.Floats(name + ".dequantised"), 1e-6 * absmax.Max(), "what comes back"),
        };
        if (file.Tensors.ContainsKey(name + ".outlier_columns")) parts.Add(RecordedBytes.Same<int>(outliers, file.Ids(name + ".outlier_columns"), "outlier columns"));
        return GoldenResult.All(parts);
    }

    private static GoldenResult Product(string tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        sbyte[] x = file.Numbers<sbyte>("x.t0.q"), w = file.Numbers<sbyte>("w.q");
        float[] absmaxX = file.Floats("x.t0.row_absmax"), absmaxW = file.Floats("w.row_absmax"), bias = file.Floats("bias");
        int columns = x.Length / absmaxX.Length;
        int[] sums = [.. from t in Enumerable.Range(0, absmaxX.Length) from o in Enumerable.Range(0, absmaxW.Length) select Int8Rows.Dot(x.AsSpan(t * columns, columns), w.AsSpan(o * columns, columns))];
        float[] y = new float[sums.Length];
        Int8Rows.Multiply(x, absmaxX, w, absmaxW, columns, y);
        return GoldenResult.All(
        [
            RecordedBytes.Same<int>(sums, file.Numbers<int>("accumulator"), "sums"),
            RecordedBytes.Same<Half>([.. y.Select(value => (Half)value)], file.Numbers<Half>("mm_dequant_f16"), "product"),
            RecordedBytes.Same<Half>([.. y.Select((value, i) => (Half)(value + (float)(Half)bias[i % bias.Length]))], file.Numbers<Half>("mm_dequant_f16_bias"), "product with bias"),
        ]);
    }

    /// <summary>As in linear.t6.float32.eval.</summary>
    private static GoldenResult Linear(string name, string tensors)
    {
        string[] words = name.Split('.');
        double threshold = double.Parse(words[1][1..], CultureInfo.InvariantCulture);
        bool half = words[2] == "float16";
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(tensors);
        using var weight = new Parameter("linear.weight", Int8Matrix.Quantise(tensor(Halves(file, "w"), file.Require("w").Shape.ToArray()), threshold));
        using var bias = new Parameter("linear.bias", tensor(file.Floats("bias")));
        using var workspace = new Workspace();
        using var tape = new Tape(workspace, recording: words[3] == "train");
        Var y = new Linear("linear", weight, bias).Forward(tape, tape.Leaf(tensor(Halves(file, "x"), file.Require("x").Shape.ToArray())));
        float[] found = y.Data.data<float>().ToArray();
        // The engine computes in float32; what float16 rounds on its way differs by that type's precision.
        float[] expected = half ? [.. file.Numbers<Half>(name).Select(value => (float)value)] : file.Floats(name);
        return GoldenTensors.Close(found, expected, half ? expected.Max(Math.Abs) / 512 : 1e-4, name);
    }

    private static float[] Halves(SafetensorsFile file, string name) => [.. file.Numbers<Half>(name).Select(value => (float)value)];
}
