namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Keeps tokens with probability at least epsilon (Hewitt et al. 2022).</summary>
public sealed class EpsilonCutoff(double epsilon, int minTokensToKeep = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V) =>
        Cut.Below(scores_V, Distribution.Softmax(scores_V), epsilon, minTokensToKeep);
}

/// <summary>Keeps tokens with probability at least min(eta, sqrt(eta)·e^-H), H = entropy in nats (Hewitt et al. 2022).</summary>
public sealed class EtaCutoff(double eta, int minTokensToKeep = 1) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        double[] p_V = Distribution.Softmax(scores_V);
        Cut.Below(scores_V, p_V, Math.Min(eta, Math.Sqrt(eta) * Math.Exp(-Distribution.Entropy(p_V))), minTokensToKeep);
    }
}
