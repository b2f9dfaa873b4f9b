namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>
/// DRY ("don't repeat yourself"): a token that would extend a repetition of the last n tokens, n at least
/// <paramref name="allowedLength"/>, loses <c>multiplier · base^(n - allowedLength)</c>. A breaker id ends a match.
/// </summary>
/// <param name="multiplier">0 switches it off.</param>
/// <param name="growth">The base, 1.75 in most programs.</param>
/// <param name="allowedLength">Repetitions shorter than this are free.</param>
/// <param name="breakers">Ids that no repetition crosses (line breaks, quotes).</param>
/// <param name="lastTokens">How far back to look; 0 for everything.</param>
public sealed class Dry(double multiplier, double growth, int allowedLength, IReadOnlySet<int> breakers, int lastTokens = 0) : ILogitsProcessor
{
    // Longer matches are not penalised further: base^n would overflow and a loop is broken long before.
    private const int MaxMatch = 50;
    private readonly Dictionary<int, int> longest = [];

    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        ReadOnlySpan<int> ids = lastTokens > 0 && context.Ids.Length > lastTokens ? context.Ids[^lastTokens..] : context.Ids;
        longest.Clear();
        for (int end = 0; end < ids.Length - 1; end++)
        {
            // ids[end] repeats the last id, so ids[end + 1] would extend the match that ends there.
            int length = 0;
            while (length <= end && length < MaxMatch && ids[end - length] == ids[ids.Length - 1 - length] && !breakers.Contains(ids[end - length])) length++;
            if (length >= allowedLength) longest[ids[end + 1]] = Math.Max(longest.GetValueOrDefault(ids[end + 1]), length);
        }
        foreach ((int id, int length) in longest)
            if ((uint)id < (uint)scores_V.Length && !breakers.Contains(id)) scores_V[id] = (float)(scores_V[id] - multiplier * Math.Pow(growth, length - allowedLength));
    }
}
