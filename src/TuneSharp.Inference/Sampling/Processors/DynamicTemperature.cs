namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// A temperature that follows the model's doubt: <c>low + (high - low) · (H / ln n)^exponent</c>, H = entropy of the n tokens
/// that can still be drawn.
/// </summary>
/// <param name="low">Where the model is certain; above 0.</param>
/// <param name="high">Where it knows nothing.</param>
/// <param name="exponent">1 is linear.</param>
public sealed class DynamicTemperature(double low, double high, double exponent = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        int count = 0;
        foreach (float score in scores_V)
            if (!float.IsNegativeInfinity(score)) count++;
        double doubt = count < 2 ? 0 : Math.Clamp(Distribution.Entropy(Distribution.Softmax(scores_V)) / Math.Log(count), 0, 1);
        double temperature = low + (high - low) * Math.Pow(doubt, exponent);
        for (int i = 0; i < scores_V.Length; i++) scores_V[i] = (float)(scores_V[i] / temperature);
    }
}
