namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Keeps tokens with probability at least a·max(p)².</summary>
public sealed class TopA(double a) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        double max = p_V.Max();
        Cut.Below(scores_V, p_V, a * max * max, 1);
    }
}
