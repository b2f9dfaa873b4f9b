namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// The penalties of the OpenAI API: <c>score -= presence + frequency · count</c> for each id that has occurred. Counted over
/// generated ids only, as OpenAI and vLLM do, or over the prompt too.
/// </summary>
/// <param name="presence">Taken once from an id that occurred; -2 to 2 in the API.</param>
/// <param name="frequency">Taken for each occurrence; -2 to 2 in the API.</param>
/// <param name="countPrompt">Whether the prompt's ids count.</param>
public sealed class CountPenalties(double presence, double frequency, bool countPrompt = false) : ILogitsProcessor
{
    private readonly Dictionary<int, int> counts = [];

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        counts.Clear();
        foreach (int id in countPrompt ? context.Ids : context.GeneratedIds) counts[id] = counts.GetValueOrDefault(id) + 1;
        foreach ((int id, int count) in counts)
            if ((uint)id < (uint)scores_V.Length) scores_V[id] -= (float)(presence + frequency * count);
    }
}
