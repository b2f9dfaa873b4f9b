namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Rules out every id but these.</summary>
public sealed class AllowedTokens(IReadOnlyCollection<int> ids) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        var kept = new List<(int Id, float Score)>();
        foreach (int id in ids)
            if ((uint)id < (uint)scores_V.Length) kept.Add((id, scores_V[id]));
        scores_V.Fill(float.NegativeInfinity);
        foreach ((int id, float score) in kept) scores_V[id] = score;
    }
}
