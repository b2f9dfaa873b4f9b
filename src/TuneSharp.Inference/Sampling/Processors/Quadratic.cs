namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Smoothing by a polynomial of the distance d to the best score: <c>max - k·f·d² + s·f·d³</c> with k = (3 - curve) / 2,
/// s = (curve - 1) / 2: what is near the best comes nearer, the far tail falls away faster.
/// </summary>
/// <param name="factor">f, above 0; small is flat.</param>
/// <param name="curve">1 is the parabola.</param>
public sealed class Quadratic(double factor, double curve = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        float max = Distribution.Max(scores_V);
        double square = factor * (3 - curve) / 2, cube = factor * (curve - 1) / 2;
        for (int i = 0; i < scores_V.Length; i++)
        {
            if (float.IsNegativeInfinity(scores_V[i])) continue;
            double d = (double)scores_V[i] - max;
            scores_V[i] = (float)(max - square * d * d + cube * d * d * d);
        }
    }
}
