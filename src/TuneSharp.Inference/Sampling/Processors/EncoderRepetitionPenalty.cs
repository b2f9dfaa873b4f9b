namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// The opposite of <see cref="RepetitionPenalty"/> for the ids of the source: above 1 keeps the answer near the prompt's
/// words. Positive scores are multiplied, negative ones divided, once for each distinct id.
/// </summary>
/// <param name="penalty">Above 0; 1 changes nothing.</param>
/// <param name="source">Ids of the source; null: the prompt.</param>
public sealed class EncoderRepetitionPenalty(double penalty, int[]? source = null) : ILogitsProcessor
{
    private readonly HashSet<int> seen = [];

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        seen.Clear();
        foreach (int id in source ?? context.Ids[..context.PromptLength])
        {
            if ((uint)id >= (uint)scores_V.Length || !seen.Add(id)) continue;
            scores_V[id] = scores_V[id] < 0 ? scores_V[id] / (float)penalty : scores_V[id] * (float)penalty;
        }
    }
}
