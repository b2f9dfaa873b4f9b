namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Keeps scores within n standard deviations of the best one; the deviation is that of all finite scores (Tang et al. 2024, arXiv:2411.07641).</summary>
public sealed class TopNSigma(double n) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double sum = 0, squares = 0, max = double.NegativeInfinity;
        int count = 0;
        foreach (float score in scores_V)
        {
            if (!float.IsFinite(score)) continue;
            sum += score;
            max = Math.Max(max, score);
            count++;
        }
        if (count == 0) return;
        double mean = sum / count;
        foreach (float score in scores_V)
            if (float.IsFinite(score)) squares += (score - mean) * (score - mean);
        double border = max - n * Math.Sqrt(squares / count);
        for (int i = 0; i < scores_V.Length; i++)
            if (scores_V[i] < border) scores_V[i] = float.NegativeInfinity;
    }
}
