namespace TuneSharp.Data.Rendering.Slots;

/// <summary>How LLaMA-Factory shares a token budget between a question and its answer.</summary>
public static class TurnTruncation
{
    /// <summary>
    /// A short answer is kept whole and the question is cut; a short question is kept whole and the answer is cut; two long ones
    /// are cut in proportion.
    /// </summary>
    /// <param name="source">Tokens of the question.</param>
    /// <param name="target">Tokens of the answer.</param>
    /// <param name="cutoff">Tokens that may be used.</param>
    /// <returns>Tokens that are kept of each.</returns>
    public static (int Source, int Target) Keep(int source, int target, int cutoff)
    {
        int mostTarget = 2L * target < cutoff ? cutoff
            : 2L * source < cutoff ? cutoff - source
            : (int)(cutoff * ((double)target / Math.Max(1, source + target)));
        int keptTarget = Math.Min(mostTarget, target);
        return (Math.Min(Math.Max(cutoff - keptTarget, 0), source), keptTarget);
    }
}
