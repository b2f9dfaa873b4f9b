namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// Keskar et al. 2019 (CTRL): the score of each distinct id that has occurred is divided by the penalty where it is positive
/// and multiplied where it is negative. Above 1 discourages, below 1 encourages repetition.
/// </summary>
/// <param name="penalty">Above 0; 1 changes nothing.</param>
/// <param name="ignoredPromptTokens">The first ids that do not count.</param>
public sealed class RepetitionPenalty(double penalty, int ignoredPromptTokens = 0) : ILogitsProcessor
{
    private readonly HashSet<int> seen = [];

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        seen.Clear();
        foreach (int id in context.Ids[Math.Min(ignoredPromptTokens, context.Ids.Length)..])
        {
            if ((uint)id >= (uint)scores_V.Length || !seen.Add(id)) continue;
            scores_V[id] = scores_V[id] < 0 ? scores_V[id] * (float)penalty : scores_V[id] / (float)penalty;
        }
    }
}
