using System.Text.Json.Nodes;
using TuneSharp.Nn;

namespace TuneSharp.Models.Gguf;

/// <summary>
/// A GGUF file keeps what Llama 3's rule made (a divisor for each rotary frequency), not its settings. They are found again
/// here, so that a config.json can hold them; where no settings explain the divisors, the divisors themselves are kept.
/// </summary>
/// <remarks>
/// A frequency of wavelength w is divided by the factor above original / low, by 1 below original / high, and by
/// 1 / ((1 - s) / factor + s) between, with s = (original / w - low) / (high - low): linear in 1 / w. Two frequencies
/// between thus give the line; low can be chosen, as only ratios count.
/// </remarks>
internal static class RopeFactorRule
{
    private const double Tolerance = 2e-6; // divisors are stored in float32
    private const int UsualOriginal = 8192;

    public static JsonObject? Explain(float[] divisors, double theta, int headDim, int context)
    {
        if (divisors.All(divisor => divisor == 1)) return null;
        foreach (RotaryScaling.Llama3 rule in Candidates(divisors, theta, headDim, context))
        {
            if (rule.OriginalMaxPositions < 1 || !(rule.HighFreqFactor > rule.LowFreqFactor) || !Agrees(rule, divisors, theta, headDim)) continue;
            return new JsonObject
            {
                ["rope_type"] = "llama3",
                ["factor"] = rule.Factor,
                ["low_freq_factor"] = rule.LowFreqFactor,
                ["high_freq_factor"] = rule.HighFreqFactor,
                ["original_max_position_embeddings"] = rule.OriginalMaxPositions,
            };
        }
        JsonArray List() => [.. divisors.Select(divisor => JsonValue.Create((double)divisor))];
        return new JsonObject
        {
            ["rope_type"] = "longrope",
            ["factor"] = 1.0,
            ["attention_factor"] = 1.0,
            ["short_factor"] = List(),
            ["long_factor"] = List(),
            ["original_max_position_embeddings"] = context,
        };
    }

    private static IEnumerable<RotaryScaling.Llama3> Candidates(float[] divisors, double theta, int headDim, int context)
    {
        double factor = Math.Round(divisors.Max(), 5);
        yield return new RotaryScaling.Llama3(factor, 1, 4, UsualOriginal);
        for (int original = context; original >= 2; original /= 2) yield return new RotaryScaling.Llama3(factor, 1, 4, original);
        if (Line(divisors, theta, headDim, factor) is not { } line) yield break;
        // s = slope / w - offset, slope = original / (high - low), offset = low / (high - low); low = 1.
        double high = 1 + (1 / line.Offset);
        yield return new RotaryScaling.Llama3(factor, 1, Rounded(high), (int)Math.Min(int.MaxValue, Math.Round(line.Slope / line.Offset)));
        yield return new RotaryScaling.Llama3(factor, 1, high, (int)Math.Min(int.MaxValue, Math.Round(line.Slope / line.Offset)));
    }

    private static double Rounded(double value) => Math.Round(value, 3);

    private static (double Slope, double Offset)? Line(float[] divisors, double theta, int headDim, double factor)
    {
        (double InverseWavelength, double Smooth)[] between = [.. divisors.Select((divisor, i) => (1 / (2 * Math.PI * Math.Pow(theta, 2.0 * i / headDim)), ((1 / divisor) - (1 / factor)) / (1 - (1 / factor))))
            .Where(point => point.Item2 is > 1e-6 and < 1 - 1e-6)];
        if (between.Length < 2) return null;
        ((double x1, double y1), (double x2, double y2)) = (between[0], between[^1]);
        double slope = (y2 - y1) / (x2 - x1), offset = (slope * x1) - y1;
        return slope > 0 && offset > 0 ? (slope, offset) : null;
    }

    private static bool Agrees(RotaryScaling.Llama3 rule, float[] divisors, double theta, int headDim)
    {
        double[] plain = new RotaryScaling.None().Frequencies(headDim, theta, 0), scaled = rule.Frequencies(headDim, theta, 0);
        return Enumerable.Range(0, divisors.Length).All(i => Math.Abs((scaled[i] * divisors[i] / plain[i]) - 1) <= Tolerance);
    }
}
