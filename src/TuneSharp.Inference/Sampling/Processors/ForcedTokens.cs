namespace TuneSharp.Inference.Sampling.Processors;

/// <summary>Behind a text of one token (a start token alone) only this id is possible.</summary>
public sealed class ForcedBos(int id) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.Ids.Length == 1) Forced.Only(scores_V, [id]);
    }
}

/// <summary>The last token that there is room for is one of these.</summary>
/// <param name="ids">Ends.</param>
/// <param name="maxNewTokens">The longest answer.</param>
public sealed class ForcedEos(IReadOnlyCollection<int> ids, int maxNewTokens) : ILogitsProcessor
{
    public void Apply(in SamplingContext context, Span<float> scores_V)
    {
        if (context.GeneratedIds.Length == maxNewTokens - 1) Forced.Only(scores_V, ids);
    }
}

internal static class Forced
{
    public static void Only(Span<float> scores_V, IReadOnlyCollection<int> ids)
    {
        scores_V.Fill(float.NegativeInfinity);
        foreach (int id in ids)
            if ((uint)id < (uint)scores_V.Length) scores_V[id] = 0;
    }
}
