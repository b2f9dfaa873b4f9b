using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TuneSharp.Golden.Harness;
using TuneSharp.Models;
using TuneSharp.Nn;
using static TorchSharp.torch;

namespace TuneSharp.Golden.Topics.RealRuns;

/// <summary>Numbers of a base that was packed while it loaded, as in "model.layers.0.self_attn.q_proj.weight[0,:8]".</summary>
internal static partial class PackedWeights
{
    /// <summary>The mean of all scales is one sum in float32, whose order is its library's own.</summary>
    private const double Tolerance = 1e-6;

    public static GoldenResult Compare(RecordedRun run, string modelFolder, JsonElement sample)
    {
        using ICausalLm model = RecordedModel.Load(modelFolder, run.Model);
        return GoldenResult.All(sample.EnumerateObject().Select(entry =>
        {
            Match place = Place().Match(entry.Name);
            int row = int.Parse(place.Groups["row"].Value, CultureInfo.InvariantCulture);
            float[] expected = [.. entry.Value.EnumerateArray().Select(number => number.GetSingle())];
            Parameter weight = model.Parameters.First(parameter => parameter.Name == place.Groups["name"].Value);
            using var scope = NewDisposeScope();
            Tensor values = empty([1, weight.Shape[1]], dtype: ScalarType.Float32);
            weight.Packed!.Unpack(row, values);
            return GoldenTensors.Close(values.data<float>().ToArray().AsSpan(0, expected.Length), expected, Tolerance, entry.Name);
        }));
    }

    [GeneratedRegex(@"^(?<name>.+)\[(?<row>\d+),:\d+\]$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Place();
}
